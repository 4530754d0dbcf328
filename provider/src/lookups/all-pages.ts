import type { z } from "zod";
import type { ListedPage } from "../arm-client/bulk-reads.ts";
import type { LookupClient } from "./lookup-client.ts";

const pageSize = 1000;

/** Everything that a list holds. */
export async function allPages<Item>(
  { client }: LookupClient,
  path: string,
  item: z.ZodType<Item>,
  query: Readonly<Record<string, string>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let url: string | undefined = `${path}?${new URLSearchParams({ ...query, $top: String(pageSize) })}`;
  while (url !== undefined) {
    const page: ListedPage<Item> = await client.page(url, item);
    items.push(...page.value);
    url = page.next;
  }
  return items;
}
