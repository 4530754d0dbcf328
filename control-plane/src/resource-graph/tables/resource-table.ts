/** Resources as tables: the types of a namespace, or all that have a location of their own. */
import { fullType, type ResourceDefinition, resourceKey } from "@arcfleet/contract";
import type { SqlBool } from "kysely";
import { type Expression, sql } from "kysely";
import { groupId } from "../../arm/target.ts";
import { type ResourceRow, selectResources } from "../../db/resources.ts";
import type { Caller } from "../../identity/caller.ts";
import type { JsonObject } from "../../json.ts";
import { presentResource } from "../../operations/present.ts";
import type { Services } from "../../services.ts";
import type { Hint, Scan, Table, TableRow } from "../run/tables.ts";
import { cellOf, columns } from "./columns.ts";
import { graphShape } from "./graph-shape.ts";
import { type Visible, visibleTo } from "./visible.ts";

/** Read at once, in the thread that answers everybody: some milliseconds. */
const pageSize = 200;
/** More values than this are not worth a statement. */
const maxValues = 200;

export const resourceTable = (
  services: Services,
  caller: Caller,
  definitions: readonly ResourceDefinition[],
): Table => ({
  columns,
  async *scan(scan) {
    // One type after the other: each is a stretch of an index, and has its own rule of who may read it.
    const byType = definitions
      .map((definition) => ({ definition, type: fullType(definition).toLowerCase() }))
      .filter(({ type }) => scan.hints.every(({ column, values }) => column !== "type" || values.includes(type)))
      .sort((one, other) => (one.type < other.type ? -1 : 1));
    for (const { definition, type } of byType) yield* scanType(services, caller, { definition, type }, scan);
  },
});

/** Rows are in the order of their types, then of their ids; this tells both. */
const keyOf = (type: string, key: string): string => `${type} ${key}`;

interface OfType {
  readonly definition: ResourceDefinition;
  readonly type: string;
}

async function* scanType(
  services: Services,
  caller: Caller,
  { definition, type }: OfType,
  { hints, after: from = "" }: Scan,
): AsyncGenerator<readonly TableRow[]> {
  const [afterType = "", afterKey = ""] = from.split(/ (.*)/s);
  if (type < afterType) return;
  let after = type === afterType ? afterKey : "";
  const visible = await visibleTo(services, caller, `${fullType(definition)}/read`);
  if (visible.scopes?.size === 0) return;
  for (;;) {
    const rows = await readPage(services, type, after, hints, visible);
    yield rows
      .filter(({ key }) => visible.includes(key))
      .map((row) => ({ key: keyOf(type, row.key), read: reader(services, definition, row) }));
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageSize) return;
    after = last.key;
  }
}

function readPage(
  services: Services,
  type: string,
  after: string,
  hints: readonly Hint[],
  visible: Visible,
): Promise<readonly ResourceRow[]> {
  const subscription = resourceKey(`/subscriptions/${services.subscriptionId}`);
  let select = selectResources(services.store.read)
    .where("resources.subscription_key", "=", subscription)
    .where("resources.type", "=", type)
    .where("resources.key", ">", after);
  for (const hint of [...hints, ...hintsOf(visible)]) {
    const condition = conditionOf(services, hint);
    if (condition) select = select.where(condition);
  }
  return select.orderBy("resources.key").limit(pageSize).execute();
}

/** A reach of a few scopes is a condition too; of many it is left to {@link Visible.includes}. */
const hintsOf = ({ scopes }: Visible): readonly Hint[] =>
  scopes === undefined ? [] : [{ column: "scope", values: [...scopes] }];

/** What the database can say about a hint; undefined where it can say nothing. */
function conditionOf({ subscriptionId }: Services, { column, member, values }: Hint): Expression<SqlBool> | undefined {
  // Lower-casing in the database knows ASCII only; what else there is, is compared row by row.
  if (values.length > maxValues || values.some((value) => /[^ -~]/.test(value))) return undefined;
  const list = sql.join(values.length > 0 ? values.map((value) => sql`${value}`) : [sql`${null}`]);
  if (column === "tags" && member !== undefined) {
    return sql<SqlBool>`resources.key in (select resource_key from resource_tags where name = ${member} and value in (${list}))`;
  }
  if (member !== undefined) return undefined;
  switch (column) {
    case "id":
      return sql<SqlBool>`resources.key in (${list})`;
    case "name":
      return sql<SqlBool>`lower(resources.name) in (${list})`;
    case "resourcegroup": {
      const keys = sql.join(values.map((name) => sql`${resourceKey(groupId(subscriptionId, name))}`));
      return sql<SqlBool>`resources.group_key in (${keys})`;
    }
    case "subscriptionid":
      return values.includes(subscriptionId.toLowerCase()) ? undefined : sql<SqlBool>`1 = 0`;
    case "scope":
      return sql<SqlBool>`(resources.group_key in (${list}) or resources.parent_key in (${list}) or resources.key in (${list}))`;
    default:
      return undefined;
  }
}

/** Reads columns of one row; what presenting costs is paid once, and only when a column asks for it. */
function reader(services: Services, definition: ResourceDefinition, row: ResourceRow): TableRow["read"] {
  let shown: JsonObject | undefined;
  return (column) => {
    switch (column) {
      case "name":
        return row.name;
      case "type":
        return row.type;
      case "tenantId":
        return services.tenantId;
      case "subscriptionId":
        return services.subscriptionId;
      case "resourceGroup":
        return row.group_key.slice(row.group_key.lastIndexOf("/") + 1);
      case "apiVersion":
        return definition.providerApiVersion;
      default:
        shown ??= graphShape(definition, presentResource(services, definition, row));
        return cellOf(shown, column);
    }
  };
}
