import { ArmResource } from "@arcfleet/contract";
import type { ArmClient } from "./arm-client.ts";
import { pagesOf } from "./pages.ts";

const pageSize = 200;

/**
 * Everything in a collection, in the order of the control plane, which is that of the ids. One page is held at a time, however many
 * there are.
 * @param collection the path of a type below what it belongs to
 */
export async function* listAll(
  client: Pick<ArmClient, "page">,
  collection: string,
  apiVersion: string,
): AsyncGenerator<ArmResource> {
  const first = `${collection}?api-version=${apiVersion}&$top=${pageSize}`;
  for await (const { value } of pagesOf((url) => client.page(url, ArmResource), first)) yield* value;
}
