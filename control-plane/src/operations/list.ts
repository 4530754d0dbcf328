import { type Expression, type ExpressionBuilder, type SqlBool, sql } from "kysely";
import { comparableValue, type Filter } from "../arm/odata-filter.ts";
import { groupId } from "../arm/target.ts";
import type { Reach } from "../authorization/authorize.ts";
import { readWithin } from "../authorization/key-ranges.ts";
import type { ResourceRow } from "../db/resources.ts";
import { selectResources } from "../db/resources.ts";
import type { Tables } from "../db/tables.ts";
import type { Services } from "../services.ts";

/** Where a list looks: exactly one of the three, each with an index of its own. */
export type ListScope = { readonly column: "subscription_key" | "group_key" | "parent_key"; readonly key: string };

export interface ListQuery {
  readonly scope: ListScope;
  /** Lower-case full types. */
  readonly types: readonly string[];
  readonly filter?: Filter | undefined;
  /** What the caller may see of it. */
  readonly reach: Reach;
  readonly pageSize: number;
  /** The key after which the page begins. */
  readonly after?: string | undefined;
}

export interface ListPage {
  readonly rows: readonly ResourceRow[];
  /** The key to go on after; absent on the last page. */
  readonly next?: string;
}

/**
 * One page, in the order of the keys. Paging by key costs the same on every page, and resources that come or go meanwhile
 * neither repeat nor hide others.
 */
export async function list(services: Services, query: ListQuery): Promise<ListPage> {
  const { filter } = query;
  const types = query.types.filter((type) => mayBeOfType(filter, type));
  if (types.length === 0) return { rows: [] };
  // One more than the page shows whether there is another.
  const wanted = { after: query.after, limit: query.pageSize + 1 };
  const rows = await readWithin(query.reach, wanted, (ranges, limit) => {
    let select = selectResources(services.store.read)
      .where(`resources.${query.scope.column}`, "=", query.scope.key)
      .where("resources.type", "in", types);
    if (query.after !== undefined) select = select.where("resources.key", ">", query.after);
    if (filter !== undefined) select = select.where((eb) => conditionOf(eb, filter, services.subscriptionId));
    if (ranges !== undefined) {
      select = select.where((eb) =>
        eb.or(ranges.map(({ from, to }) => eb.and([eb("resources.key", ">=", from), eb("resources.key", "<", to)]))),
      );
    }
    return select.orderBy("resources.key").limit(limit).execute();
  });
  const page = rows.slice(0, query.pageSize);
  const last = page.at(-1);
  return { rows: page, ...(rows.length > query.pageSize && last ? { next: last.key } : {}) };
}

/** Whether a resource of the type can pass: lets the index leave out whole types. */
function mayBeOfType(filter: Filter | undefined, type: string): boolean {
  if (filter?.kind === "and") return filter.parts.every((part) => mayBeOfType(part, type));
  if (filter?.kind === "or") return filter.parts.some((part) => mayBeOfType(part, type));
  if (filter?.kind !== "comparison" || filter.field !== "resourceType") return true;
  if (filter.operator === "eq") return comparableValue(filter) === type;
  return filter.operator !== "ne" || comparableValue(filter) !== type;
}

type Builder = ExpressionBuilder<Tables, "resources">;

function conditionOf(eb: Builder, filter: Filter, subscriptionId: string): Expression<SqlBool> {
  if (filter.kind === "and") return eb.and(filter.parts.map((part) => conditionOf(eb, part, subscriptionId)));
  if (filter.kind === "or") return eb.or(filter.parts.map((part) => conditionOf(eb, part, subscriptionId)));
  if (filter.kind === "tag") {
    const { name, value } = filter;
    const tags = eb.selectFrom("resource_tags").select("resource_key").where("name", "=", name.toLowerCase());
    return eb("resources.key", "in", value === undefined ? tags : tags.where("value", "=", value.toLowerCase()));
  }
  const value = comparableValue(filter);
  const [column, prefix] = columnOf(filter.field, subscriptionId);
  if (filter.operator === "eq") return sql<SqlBool>`${column} = ${prefix + value}`;
  // What has no location is not at that one either.
  if (filter.operator === "ne") return sql<SqlBool>`coalesce(${column}, '') <> ${prefix + value}`;
  const literal = (text: string): string => text.replaceAll(/[\\%_]/g, "\\$&");
  const inside = filter.operator === "contains" ? "%" : "";
  return sql<SqlBool>`${column} like ${`${literal(prefix)}${inside}${literal(value)}%`} escape '\\'`;
}

/** The column, in lower case, and what stands in it before the value. */
function columnOf(field: (Filter & { kind: "comparison" })["field"], subscriptionId: string) {
  switch (field) {
    case "resourceType":
      return [sql.ref("resources.type"), ""] as const;
    case "resourceGroup":
      return [sql.ref("resources.group_key"), groupId(subscriptionId, "").toLowerCase()] as const;
    case "location":
      return [sql.ref("resources.location"), ""] as const;
    case "name":
      return [sql`lower(${sql.ref("resources.name")})`, ""] as const;
  }
}
