/**
 * Which resources are on a page, as a statement about keys alone. An index leads to them in the order of the page, so that finding a page
 * costs what the page holds and not what the fleet does: nothing is sorted, and nobody makes a list of all that have a tag.
 */
import { type Expression, expressionBuilder, type Kysely, type SqlBool } from "kysely";
import type { KeyRange } from "../authorization/key-ranges.ts";
import type { Tables } from "../db/tables.ts";

/** Where to look: exactly one of the three, each with an index of its own. */
export interface PageScope {
  readonly column: "subscription_key" | "group_key" | "parent_key";
  readonly key: string;
}

export interface WantedKeys {
  readonly scope: PageScope;
  /** Lower-case full types, at least one. */
  readonly types: readonly string[];
  /** Absent: everywhere in the scope. */
  readonly range?: KeyRange | undefined;
  /** The key after which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
  /** A tag without which nothing is wanted. It may be among the conditions as well. */
  readonly tag?: WantedTag | undefined;
  /** What else the rows of `resources` must fulfil; asked of each on the way. */
  readonly conditions: readonly Expression<SqlBool>[];
}

/** In lower case, as they are kept. */
export interface WantedTag {
  readonly name: string;
  /** One of these, each of them once. */
  readonly values: readonly string[];
}

/** More than these are not looked up one by one. */
const maxTagValues = 20;

export function pageKeys(db: Kysely<Tables>, wanted: WantedKeys) {
  const [first, ...others] = stretches(db, wanted);
  if (first === undefined) throw new TypeError("a page is of one type at least");
  if (others.length === 0) return first;
  const all = others.reduce((merged, each) => merged.unionAll(each), first);
  return db.selectFrom(all.as("merged")).select("merged.key").orderBy("merged.key").limit(wanted.limit);
}

/** Parts of indexes that are in the order of keys, and have the page between them. */
function stretches(db: Kysely<Tables>, wanted: WantedKeys) {
  const { tag, types } = wanted;
  if (tag === undefined || tag.values.length > maxTagValues) {
    return types.map((type) => keysOfType(db, wanted, type));
  }
  return tag.values.map((value) => keysWithTag(db, wanted, { name: tag.name, value }));
}

// SQLite takes an order and a limit inside of a union only one level deeper.

const keysOfType = (db: Kysely<Tables>, wanted: WantedKeys, type: string) =>
  db
    .selectFrom(
      db
        .selectFrom("resources")
        .select("resources.key")
        .where("resources.type", "=", type)
        .where(conditions(wanted))
        .orderBy("resources.key")
        .limit(wanted.limit)
        .as("stretch"),
    )
    .select("stretch.key");

/** A cross join, because SQLite then begins with its left side. */
const keysWithTag = (
  db: Kysely<Tables>,
  wanted: WantedKeys,
  { name, value }: { readonly name: string; readonly value: string },
) =>
  db
    .selectFrom(
      db
        .selectFrom("resource_tags as tagged")
        .crossJoin("resources")
        .select("tagged.resource_key as key")
        .whereRef("resources.key", "=", "tagged.resource_key")
        .where("tagged.name", "=", name)
        .where("tagged.value", "=", value)
        .where(({ and, eb }) =>
          and(boundsOf(wanted).map(([operator, key]) => eb("tagged.resource_key", operator, key))),
        )
        .where("resources.type", "in", wanted.types)
        .where(conditions(wanted))
        .orderBy("tagged.resource_key")
        .limit(wanted.limit)
        .as("stretch"),
    )
    .select("stretch.key");

const build = expressionBuilder<Tables, "resources">();

const conditions = (wanted: WantedKeys): Expression<SqlBool> =>
  build.and([
    build(`resources.${wanted.scope.column}`, "=", wanted.scope.key),
    ...boundsOf(wanted).map(([operator, key]) => build("resources.key", operator, key)),
    ...wanted.conditions,
  ]);

type Bound = readonly [">" | ">=" | "<", string];

/** Between which keys the page lies. */
function boundsOf({ after, range }: WantedKeys): readonly Bound[] {
  const begin: readonly Bound[] = after === undefined ? [] : [[">", after]];
  const within: readonly Bound[] =
    range === undefined
      ? []
      : [
          [">=", range.from],
          ["<", range.to],
        ];
  return [...begin, ...within];
}
