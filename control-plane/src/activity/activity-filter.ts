/** The `$filter` of the activity log: `eventTimestamp ge '…' and resourceUri eq '…'`; values also without quotes, as some clients write them. */
import { DomainError } from "../errors.ts";

export interface ActivityFilter {
  /** ISO times, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly resourceUri?: string;
  readonly resourceGroup?: string;
  /** A namespace, or a type of it. */
  readonly provider?: string;
  readonly correlationId?: string;
  readonly caller?: string;
  readonly status?: string;
}

type TextField = Exclude<keyof ActivityFilter, "from" | "to">;

/** By the names that clients use, in lower case. */
const textFields: Readonly<Record<string, TextField>> = {
  resourceuri: "resourceUri",
  resourceid: "resourceUri",
  resourcegroupname: "resourceGroup",
  resourcegroup: "resourceGroup",
  resourceprovider: "provider",
  resourceprovidername: "provider",
  resourcetype: "provider",
  correlationid: "correlationId",
  caller: "caller",
  status: "status",
};

const condition = /^(\w+)\s+(\w+)\s+(?:'((?:[^']|'')*)'|([^\s']+(?: \d\d:\d\d:[\d.]+)?))\s*(?:and\s+|$)/i;

export function parseActivityFilter(text: string | undefined): ActivityFilter {
  let filter: ActivityFilter = {};
  let rest = text?.trim() ?? "";
  while (rest !== "") {
    const match = condition.exec(rest);
    const name = match?.[1]?.toLowerCase() ?? "";
    const operator = match?.[2]?.toLowerCase() ?? "";
    const value = match?.[3]?.replaceAll("''", "'") ?? match?.[4] ?? "";
    const part = partOf(name, operator, value);
    if (!match || part === undefined) throw refusal(rest);
    filter = { ...filter, ...part };
    rest = rest.slice(match[0].length);
  }
  return filter;
}

function partOf(name: string, operator: string, value: string): ActivityFilter | undefined {
  // There is but one channel here, so that every list of them finds the same.
  if (name === "eventchannels" && operator === "eq") return {};
  if (name === "eventtimestamp") {
    if (operator === "ge" || operator === "gt") return { from: timeOf(value) };
    if (operator === "le" || operator === "lt") return { to: timeOf(value) };
    return undefined;
  }
  const field = textFields[name];
  return field === undefined || operator !== "eq" ? undefined : { [field]: value };
}

function timeOf(text: string): string {
  const time = new Date(/^\d{4}-\d\d-\d\d \d/.test(text) ? `${text.replace(" ", "T")}Z` : text);
  if (!Number.isNaN(time.getTime())) return time.toISOString();
  throw new DomainError("BadRequest", `'${text}' in the $filter is not a time such as 2026-11-21T08:00:00Z.`);
}

const refusal = (rest: string): DomainError =>
  new DomainError(
    "BadRequest",
    `The $filter is not understood from '${rest}' on. Possible are eventTimestamp with ge and le, and resourceUri, resourceGroupName, resourceProvider, correlationId, caller and status with eq, joined by 'and'.`,
  );
