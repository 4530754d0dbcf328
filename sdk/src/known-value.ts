import * as pulumi from "@pulumi/pulumi";

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
