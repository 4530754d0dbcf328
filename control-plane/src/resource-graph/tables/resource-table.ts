/** Resources as tables: the types of a namespace, or all that have a location of their own. */
import { fullType, type ResourceDefinition, resourceKey } from "@arcfleet/contract";
import type { SqlBool } from "kysely";
import { type Expression, sql } from "kysely";
import { groupId } from "../../arm/target.ts";
import { type KeyRange, pagesWithin } from "../../authorization/key-ranges.ts";
import { type ResourceRow, selectResources } from "../../db/resources.ts";
import type { Caller } from "../../identity/caller.ts";
import type { JsonObject } from "../../json.ts";
import { pageKeys, type WantedTag } from "../../operations/page-keys.ts";
import { type HeadRow, headColumns, presentHead, presentResource } from "../../operations/present.ts";
import type { Services } from "../../services.ts";
import type { Hint, Scan, Table, TableRow } from "../run/tables.ts";
import { cellOf, columns } from "./columns.ts";
import { graphShape } from "./graph-shape.ts";
import { visibleTo } from "./visible.ts";

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
  { hints, uses, after: from = "" }: Scan,
): AsyncGenerator<readonly TableRow[]> {
  const [afterType = "", afterKey = ""] = from.split(/ (.*)/s);
  if (type < afterType) return;
  const visible = await visibleTo(services, caller, `${fullType(definition)}/read`);
  const begin = { after: type === afterType ? afterKey : "", pageSize };
  const isHead = [...uses].every((column) => ofHead.has(column));
  const keysOf = (range: KeyRange, after: string) => keysOfPage(services, { type, after, hints, range });
  const pages: AsyncIterable<readonly TableRow[]> = isHead
    ? rowsOf(
        pagesWithin(visible.ranges, begin, (range, after) => readHeads(services, keysOf(range, after))),
        type,
        (row) => headReader(services, definition, row),
      )
    : rowsOf(
        pagesWithin(visible.ranges, begin, (range, after) => readResources(services, keysOf(range, after))),
        type,
        (row) => reader(services, definition, row),
      );
  yield* pages;
}

/** What can be shown without what a cluster last said and the JSON of properties, which is most of a row. */
const ofHead: ReadonlySet<string> = new Set([
  ...["id", "name", "type", "location", "tags"],
  ...["resourceGroup", "subscriptionId", "tenantId", "apiVersion"],
]);

async function* rowsOf<Row extends { readonly key: string }>(
  pages: AsyncIterable<readonly Row[]>,
  type: string,
  readerOf: (row: Row) => TableRow["read"],
): AsyncGenerator<readonly TableRow[]> {
  for await (const rows of pages) yield rows.map((row) => ({ key: keyOf(type, row.key), read: readerOf(row) }));
}

type Keys = ReturnType<typeof keysOfPage>;

const readHeads = ({ store }: Services, keys: Keys): Promise<readonly HeadRow[]> =>
  store.read.selectFrom("resources").select(headColumns).where("key", "in", keys).orderBy("key").execute();

const readResources = ({ store }: Services, keys: Keys): Promise<readonly ResourceRow[]> =>
  selectResources(store.read).where("resources.key", "in", keys).orderBy("resources.key").execute();

interface PageOfType {
  readonly type: string;
  readonly after: string;
  readonly hints: readonly Hint[];
  readonly range: KeyRange;
}

const keysOfPage = (services: Services, { type, after, hints, range }: PageOfType) =>
  pageKeys(services.store.read, {
    scope: { column: "subscription_key", key: resourceKey(`/subscriptions/${services.subscriptionId}`) },
    types: [type],
    range,
    after,
    limit: pageSize,
    tag: tagOf(hints),
    conditions: hints.map((hint) => conditionOf(services, hint)).filter((condition) => condition !== undefined),
  });

/** The first tag that an index can look up. */
function tagOf(hints: readonly Hint[]): WantedTag | undefined {
  const hint = hints.find(({ column, member, values }) => column === "tags" && member !== undefined && isPlain(values));
  return hint?.member === undefined ? undefined : { name: hint.member, values: [...new Set(hint.values)] };
}

/** Lower-casing in the database knows ASCII only; what else there is, is compared row by row. */
const isPlain = (values: readonly string[]): boolean =>
  values.length > 0 && values.length <= maxValues && !values.some((value) => /[^ -~]/.test(value));

/** What the database can say about a hint; undefined where it can say nothing. */
function conditionOf({ subscriptionId }: Services, { column, member, values }: Hint): Expression<SqlBool> | undefined {
  if (!isPlain(values)) return undefined;
  const list = sql.join(values.map((value) => sql`${value}`));
  if (column === "tags" && member !== undefined) {
    return sql<SqlBool>`exists (select 1 from resource_tags where resource_key = resources.key and name = ${member} and value in (${list}))`;
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
    default:
      return undefined;
  }
}

/** Reads columns of one row; what presenting costs is paid once, and only when a column asks for it. */
const reader = (services: Services, definition: ResourceDefinition, row: ResourceRow): TableRow["read"] =>
  readerOver(services, definition, row, () => presentResource(services, definition, row));

const headReader = (services: Services, definition: ResourceDefinition, row: HeadRow): TableRow["read"] =>
  readerOver(services, definition, row, () => presentHead(definition, row));

function readerOver(
  services: Services,
  definition: ResourceDefinition,
  row: HeadRow,
  present: () => JsonObject,
): TableRow["read"] {
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
        shown ??= graphShape(definition, present());
        return cellOf(shown, column);
    }
  };
}
