import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/**
 * A short text that differs when what is declared differs. The order of fields does not count, and secrets take no part: nobody
 * can guess one from a digest that a preview prints.
 */
export const digest = (declared: readonly unknown[]): pulumi.Output<string> =>
  pulumi
    .all(declared.map(withoutSecrets))
    .apply((plain) => createHash("sha256").update(canonical(plain)).digest("hex").slice(0, 12));

function withoutSecrets(value: unknown): unknown {
  if (pulumi.Output.isInstance(value)) {
    return pulumi.output(pulumi.isSecret(value)).apply((isSecret) => (isSecret ? "(secret)" : value));
  }
  if (value instanceof Promise) return withoutSecrets(pulumi.output(value));
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withoutSecrets(field)]));
}

/** JSON with sorted fields, without those that are absent. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, field: unknown) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([one], [other]) => (one < other ? -1 : 1)))
      : field,
  );
