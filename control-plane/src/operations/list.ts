import type { ResourceRow } from "../db/resources.ts";
import { selectResources } from "../db/resources.ts";
import type { Services } from "../services.ts";

/** Where a list looks: exactly one of the three, each with an index of its own. */
export type ListScope = { readonly column: "subscription_key" | "group_key" | "parent_key"; readonly key: string };

export interface ListQuery {
  readonly scope: ListScope;
  /** Lower-case full types. */
  readonly types: readonly string[];
  readonly name?: string | undefined;
  readonly location?: string | undefined;
  readonly groupKey?: string | undefined;
  readonly tagName?: string | undefined;
  readonly tagValue?: string | undefined;
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
  let select = selectResources(services.store.read)
    .where(`resources.${query.scope.column}`, "=", query.scope.key)
    .where("resources.type", "in", [...query.types]);
  if (query.after !== undefined) select = select.where("resources.key", ">", query.after);
  if (query.groupKey !== undefined) select = select.where("resources.group_key", "=", query.groupKey);
  if (query.location !== undefined) select = select.where("resources.location", "=", query.location);
  if (query.name !== undefined) {
    const name = query.name.toLowerCase();
    select = select.where((eb) => eb(eb.fn<string>("lower", ["resources.name"]), "=", name));
  }
  if (query.tagName !== undefined) {
    const { tagName, tagValue } = query;
    select = select.where("resources.key", "in", (eb) => {
      const tags = eb.selectFrom("resource_tags").select("resource_key").where("name", "=", tagName.toLowerCase());
      return tagValue === undefined ? tags : tags.where("value", "=", tagValue.toLowerCase());
    });
  }
  // One more than the page shows whether there is another.
  const rows = await select
    .orderBy("resources.key")
    .limit(query.pageSize + 1)
    .execute();
  const page = rows.slice(0, query.pageSize);
  const last = page.at(-1);
  return { rows: page, ...(rows.length > query.pageSize && last ? { next: last.key } : {}) };
}
