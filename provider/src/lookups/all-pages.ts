import type { z } from "zod";
import { pagesOf } from "../arm-client/pages.ts";
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
  const first = `${path}?${new URLSearchParams({ ...query, $top: String(pageSize) })}`;
  for await (const { value } of pagesOf((url) => client.page(url, item), first)) items.push(...value);
  return items;
}
