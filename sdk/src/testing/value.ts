import * as pulumi from "@pulumi/pulumi";

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

/** The value of an output; undefined when only an update tells it. */
export async function knownValue<T>(input: pulumi.Input<T>): Promise<{ value: pulumi.Unwrap<T> } | undefined> {
  let found: { value: pulumi.Unwrap<T> } | undefined;
  const seen = pulumi.output(input).apply((known) => {
    found = { value: known };
  });
  // Settled once the callback ran, or was left out because there is no value to call it with.
  await pulumi.isSecret(seen);
  return found;
}
