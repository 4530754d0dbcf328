import { runtime } from "@pulumi/pulumi";

export interface RawInputs {
  /** Plain JSON as a provider gets it: no wrappers of secrets; a mark stands for what is not known yet. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The names of the inputs that hold a secret. */
  readonly secrets: readonly string[];
}

/** Takes the wrappers off that Pulumi puts around secrets on their way to the engine. */
export function rawInputs(sent: Readonly<Record<string, unknown>>): RawInputs {
  const secrets = new Set<string>();
  const values = Object.fromEntries(
    Object.entries(sent).map(([key, value]) => [key, unwrap(value, () => secrets.add(key))]),
  );
  return { values, secrets: [...secrets] };
}

function unwrap(value: unknown, onSecret: () => void): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => unwrap(item, onSecret));
  const fields = Object.entries(value);
  if (fields.some(([key, field]) => key === runtime.specialSigKey && field === runtime.specialSecretSig)) {
    onSecret();
    return unwrap(fields.find(([key]) => key === "value")?.[1], onSecret);
  }
  return Object.fromEntries(fields.map(([key, field]) => [key, unwrap(field, onSecret)]));
}
