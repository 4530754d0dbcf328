/** A `$filter` as a condition of a statement. */
import { type Expression, expressionBuilder, type SqlBool, sql } from "kysely";
import { comparableValue, type Filter, type HasTag } from "../arm/odata-filter.ts";
import { groupId } from "../arm/target.ts";
import type { Tables } from "../db/tables.ts";

const build = expressionBuilder<Tables, "resources">();

/** What the rows of `resources` must fulfil. */
export function conditionOf(filter: Filter, subscriptionId: string): Expression<SqlBool> {
  if (filter.kind === "and") return build.and(filter.parts.map((part) => conditionOf(part, subscriptionId)));
  if (filter.kind === "or") return build.or(filter.parts.map((part) => conditionOf(part, subscriptionId)));
  if (filter.kind === "tag") return hasTag(filter);
  const value = comparableValue(filter);
  const [column, prefix] = columnOf(filter.field, subscriptionId);
  if (filter.operator === "eq") return sql<SqlBool>`${column} = ${prefix + value}`;
  // What has no location is not at that one either.
  if (filter.operator === "ne") return sql<SqlBool>`coalesce(${column}, '') <> ${prefix + value}`;
  const literal = (text: string): string => text.replaceAll(/[\\%_]/g, "\\$&");
  const inside = filter.operator === "contains" ? "%" : "";
  return sql<SqlBool>`${column} like ${`${literal(prefix)}${inside}${literal(value)}%`} escape '\\'`;
}

/** Looked up for each row: a list of all that have the tag could be as long as the fleet. */
function hasTag({ name, value }: HasTag): Expression<SqlBool> {
  const tag = build
    .selectFrom("resource_tags")
    .select("resource_tags.name")
    .whereRef("resource_tags.resource_key", "=", "resources.key")
    .where("resource_tags.name", "=", name.toLowerCase());
  return build.exists(value === undefined ? tag : tag.where("resource_tags.value", "=", value.toLowerCase()));
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
