import { Resource } from "@pulumi/pulumi";
import { notKnownYet } from "./declared-resource.ts";
import { knownValue } from "./value.ts";

/** The plain values of what a program exports. A function that ends with a resource exports nothing by it. */
export async function readExports(returned: unknown): Promise<Readonly<Record<string, unknown>>> {
  if (typeof returned !== "object" || returned === null || Resource.isInstance(returned)) return {};
  const entries = Object.entries(returned).map(async ([key, exported]): Promise<[string, unknown]> => {
    const known = await knownValue(exported);
    return [key, known === undefined ? notKnownYet : known.value];
  });
  return Object.fromEntries(await Promise.all(entries));
}
