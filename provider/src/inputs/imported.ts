import type { ArmResource } from "@arcfleet/contract";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { normalizeInput } from "./normalize.ts";
import { isEqual, type Properties } from "./plain.ts";

/**
 * The inputs that a program would have to give for a record that it does not know yet: what differs from the defaults. Left out is
 * what the service may have found out by itself, and secrets, which it never returns.
 */
export function importedInputs(kind: PreparedKind, record: ArmResource): Properties {
  const inputs: Record<string, unknown> = {};
  for (const key of kind.properties) {
    if (kind.shape.secrets.includes(key) || kind.outputs.includes(key)) continue;
    const found = normalizeInput(kind, key, record.properties[key] ?? undefined);
    if (!isEqual(found, normalizeInput(kind, key, undefined))) inputs[key] = found;
  }
  return { ...inputs, ...kind.imported?.(record) };
}
