import type { Expression, SqlBool } from "kysely";
import { comparableValue, type Filter, type HasTag } from "../arm/odata-filter.ts";
import type { Reach } from "../authorization/authorize.ts";
import { type KeyRange, keysWithin, rangesOf } from "../authorization/key-ranges.ts";
import type { ResourceRow } from "../db/resources.ts";
import { selectResources } from "../db/resources.ts";
import type { Store } from "../db/store.ts";
import type { Services } from "../services.ts";
import { conditionOf } from "./filter-condition.ts";
import { type PageScope, pageKeys, type WantedTag } from "./page-keys.ts";
import { rareTag } from "./rare-tag.ts";

export interface ListQuery {
  readonly scope: PageScope;
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
  const { scope, after, reach } = query;
  const { store, subscriptionId } = services;
  // One more than the page shows whether there is another.
  const wanted = {
    scope,
    types,
    after,
    limit: query.pageSize + 1,
    tag: filter && tagWithValue(filter),
    conditions:
      filter === undefined ? [] : [conditionOf(filter, subscriptionId), ...(await tagOfAnyValue(store, filter))],
  };
  const select = selectResources(store.read).orderBy("resources.key");
  const read = async (range: KeyRange): Promise<string[]> =>
    (await pageKeys(store.read, { ...wanted, range }).execute()).map(({ key }) => key);
  const keys = reach === "everywhere" ? pageKeys(store.read, wanted) : await keysWithin(rangesOf(reach), wanted, read);
  if (Array.isArray(keys) && keys.length === 0) return { rows: [] };
  const rows = await select.where("resources.key", "in", keys).execute();
  const page = rows.slice(0, query.pageSize);
  const last = page.at(-1);
  return { rows: page, ...(rows.length > query.pageSize && last ? { next: last.key } : {}) };
}

/** Tags without which nothing passes. */
const neededTags = (filter: Filter): readonly HasTag[] =>
  (filter.kind === "and" ? filter.parts : [filter]).filter((part) => part.kind === "tag");

/** Where no tag with a value leads to what is wanted. */
async function tagOfAnyValue({ read }: Store, filter: Filter): Promise<readonly Expression<SqlBool>[]> {
  const tags = neededTags(filter);
  const [tag] = tags;
  if (tag === undefined || tags.some(({ value }) => value !== undefined)) return [];
  return rareTag(read, tag.name.toLowerCase());
}

function tagWithValue(filter: Filter): WantedTag | undefined {
  const { name, value } = neededTags(filter).find((tag) => tag.value !== undefined) ?? {};
  if (name === undefined || value === undefined) return undefined;
  return { name: name.toLowerCase(), values: [value.toLowerCase()] };
}

/** Whether a resource of the type can pass: lets the index leave out whole types. */
function mayBeOfType(filter: Filter | undefined, type: string): boolean {
  if (filter?.kind === "and") return filter.parts.every((part) => mayBeOfType(part, type));
  if (filter?.kind === "or") return filter.parts.some((part) => mayBeOfType(part, type));
  if (filter?.kind !== "comparison" || filter.field !== "resourceType") return true;
  if (filter.operator === "eq") return comparableValue(filter) === type;
  return filter.operator !== "ne" || comparableValue(filter) !== type;
}
