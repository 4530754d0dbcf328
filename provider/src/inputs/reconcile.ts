import { type ArmResource, normalizeLocation } from "@arcfleet/contract";
import type { z } from "zod";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { mapSecrets } from "./map-secrets.ts";
import { normalizeInput } from "./normalize.ts";
import { isEqual, isPlainObject, type Properties } from "./plain.ts";
import { recordValueOf, structShapeOf } from "./schema-shape.ts";

/**
 * Brings inputs into agreement with a record: what the record says where it differs in substance, and the inputs as they were
 * written everywhere else. Secrets are never returned by the service, so they stay; a field that the user leaves to the service
 * is no drift whatever it is.
 */
export function reconcileInputs(kind: PreparedKind, inputs: Properties, record: ArmResource): Properties {
  const result: Record<string, unknown> = { ...inputs };
  const { secrets } = kind.definition;
  const hide = (key: string, value: unknown): unknown => mapSecrets(key, value, secrets, () => "");
  for (const key of kind.properties) {
    if (kind.shape.secrets.includes(key)) continue;
    const schema: z.ZodType | undefined = kind.inputs.shape[key];
    if (schema === undefined) continue;
    const wanted = normalizeInput(kind, key, inputs[key]);
    const found = normalizeInput(kind, key, record.properties[key]);
    if (!agrees(schema, hide(key, wanted), hide(key, found))) result[key] = found;
  }
  if (kind.definition.tracked) {
    const tags = record.tags ?? {};
    if (!isEqual(tags, inputs.tags ?? {})) result.tags = tags;
    if (
      record.location !== undefined &&
      normalizeLocation(record.location) !== normalizeInput(kind, "location", inputs.location)
    ) {
      result.location = record.location;
    }
  }
  return result;
}

/** True when what was found is what was wanted, leaving aside what nobody asked for. */
function agrees(schema: z.core.$ZodType, wanted: unknown, found: unknown): boolean {
  if (wanted === undefined || wanted === null) return true;
  if (!isPlainObject(wanted) || !isPlainObject(found)) return isEqual(wanted, found);
  const shape = structShapeOf(schema);
  if (shape !== undefined) {
    return Object.entries(shape).every(([key, field]) => agrees(field, wanted[key], found[key]));
  }
  const value = recordValueOf(schema);
  if (value === undefined) return isEqual(wanted, found);
  // A map is the user's as a whole: an entry that nobody wanted is drift.
  const keys = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...keys].every((key) => key in wanted && key in found && agrees(value, wanted[key], found[key]));
}
