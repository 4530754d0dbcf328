import type * as pulumi from "@pulumi/pulumi";
import { knownValue } from "../known-value.ts";

/**
 * Waits for an output, a promise, or a structure of them. Secrets come in clear; `pulumi.isSecret` tells them apart.
 *
 * @example
 * assert.equal(await value(cluster.connectivityStatus), "Connected");
 * @throws when the value is not known in a preview, so that no test passes by comparing nothing
 */
export async function value<T>(input: pulumi.Input<T>): Promise<pulumi.Unwrap<T>> {
  const known = await knownValue(input);
  if (known === undefined) throw new Error("The value is not known in a preview: only an update tells it.");
  return known.value;
}

export { knownValue };
