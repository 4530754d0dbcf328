import { setImmediate as nextTurn } from "node:timers/promises";
import { groupId } from "../arm/target.ts";
import type { ActivityLogTable } from "../db/activity-tables.ts";
import type { Services } from "../services.ts";
import type { ActivityFilter } from "./activity-filter.ts";

const pageSize = 200;
const chunkSize = 500;
/** Rows that one page looks at. A filter that finds little answers short pages with a link to go on, instead of holding up everyone. */
const maxExamined = 10_000;

export interface ActivityPage {
  readonly rows: readonly ActivityLogTable[];
  /** The event to go on after; absent when there are no more. */
  readonly next?: string;
}

/** A page of events, newest first. Time and resource are looked up by an index, the rest is sorted out while reading. */
export async function listActivity(services: Services, filter: ActivityFilter, after = "~"): Promise<ActivityPage> {
  const rows: ActivityLogTable[] = [];
  const isWanted = matcherOf(services, filter);
  let last = after;
  for (let examined = 0; examined < maxExamined; ) {
    const chunk = await readChunk(services, filter, last);
    for (const row of chunk) {
      last = row.event_id;
      if (isWanted(row)) rows.push(row);
      if (rows.length === pageSize) return { rows, next: last };
    }
    if (chunk.length < chunkSize) return { rows };
    examined += chunk.length;
    await nextTurn();
  }
  return { rows, next: last };
}

function readChunk({ store, subscriptionId }: Services, filter: ActivityFilter, before: string) {
  const { from, to, resourceUri } = filter;
  let query = store.read.selectFrom("activity_log").selectAll().where("event_id", "<", before);
  query =
    resourceUri === undefined
      ? query.where("subscription_key", "=", `/subscriptions/${subscriptionId}`.toLowerCase())
      : query.where("resource_key", "=", resourceUri.toLowerCase().replace(/\/+$/, ""));
  if (from !== undefined) query = query.where("event_id", ">=", from);
  // What stands behind the time in an id sorts before this.
  if (to !== undefined) query = query.where("event_id", "<=", `${to}~`);
  return query.orderBy("event_id", "desc").limit(chunkSize).execute();
}

function matcherOf({ subscriptionId }: Services, filter: ActivityFilter): (row: ActivityLogTable) => boolean {
  const group = filter.resourceGroup && groupId(subscriptionId, filter.resourceGroup).toLowerCase();
  const provider = filter.provider?.toLowerCase();
  const [correlationId, caller, status] = [filter.correlationId, filter.caller, filter.status].map((text) =>
    text?.toLowerCase(),
  );
  return (row) =>
    (group === undefined || row.resource_key === group || row.resource_key.startsWith(`${group}/`)) &&
    (provider === undefined || row.operation_name.toLowerCase().startsWith(`${provider}/`)) &&
    (correlationId === undefined || row.correlation_id.toLowerCase() === correlationId) &&
    (caller === undefined || row.caller.toLowerCase() === caller) &&
    (status === undefined || row.status.toLowerCase() === status);
}
