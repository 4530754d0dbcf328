import { ArmResource } from "@arcfleet/contract";
import type { ArmClient } from "./arm-client.ts";
import type { ListedPage } from "./bulk-reads.ts";

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
  let url: string | undefined = `${collection}?api-version=${apiVersion}&$top=${pageSize}`;
  while (url !== undefined) {
    const page: ListedPage<ArmResource> = await client.page(url, ArmResource);
    yield* page.value;
    url = page.next;
  }
}
