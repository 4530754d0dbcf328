import { type ArmResource, normalizeLocation } from "@arcfleet/contract";
import type { z } from "zod";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { mapSecrets } from "./map-secrets.ts";
import { normalizeInput } from "./normalize.ts";
import { isEqual, isPlainObject, type Properties } from "./plain.ts";
import { recordValueOf, structShapeOf } from "./schema-shape.ts";

/** A place where a program and a record say different things. */
export interface PropertyDifference {
  readonly path: string;
  /** Undefined when the program says nothing. */
  readonly wanted: unknown;
  /** Undefined when the record has nothing. */
  readonly found: unknown;
}

/**
 * What a PUT of the inputs would change of a record. Stricter than a refresh, which looks at what the program asks for alone: a
 * property that the program leaves out and the record has would be lost with the next update, so it is a difference. Secrets are
 * compared by their names; their values are neither known nor shown.
 */
export function differencesFrom(
  kind: PreparedKind,
  inputs: Properties,
  record: ArmResource,
): readonly PropertyDifference[] {
  const filledIn = filledInFor(kind, inputs, record);
  const properties = kind.properties.flatMap((key) => {
    const schema: z.ZodType | undefined = kind.inputs.shape[key];
    if (schema === undefined) return [];
    const wanted = normalizeInput(kind, key, inputs[key]) ?? filledIn[key];
    const found = normalizeInput(kind, key, record.properties[key]);
    // A service that does not even tell the names of secrets leaves nothing to compare.
    if (kind.definition.secrets.includes(key) && isAbsent(found)) return [];
    const hide = (value: unknown): unknown => mapSecrets(key, value, kind.definition.secrets, () => hidden);
    return differ(schema, hide(wanted), hide(found), key);
  });
  return kind.definition.tracked ? [...differencesOfTracked(inputs, record), ...properties] : properties;
}

/** What stands for properties that are left out: what is fixed at creation stays as it is, and a kind may know of more. */
function filledInFor(kind: PreparedKind, inputs: Properties, record: ArmResource): Properties {
  const fixed = kind.definition.createOnly.filter((key) => isAbsent(normalizeInput(kind, key, undefined)));
  return {
    ...Object.fromEntries(fixed.map((key) => [key, normalizeInput(kind, key, record.properties[key])])),
    ...kind.filledIn?.(inputs, record),
  };
}

function differencesOfTracked(inputs: Properties, record: ArmResource): readonly PropertyDifference[] {
  const wanted = typeof inputs.location === "string" ? normalizeLocation(inputs.location) : inputs.location;
  const found = record.location === undefined ? undefined : normalizeLocation(record.location);
  return [
    ...(found === undefined || wanted === found ? [] : [{ path: "location", wanted, found }]),
    ...differInMap(undefined, isPlainObject(inputs.tags) ? inputs.tags : {}, record.tags ?? {}, "tags"),
  ];
}

function differ(
  schema: z.core.$ZodType | undefined,
  wanted: unknown,
  found: unknown,
  path: string,
): readonly PropertyDifference[] {
  if (isAbsent(wanted) && isAbsent(found)) return [];
  if (isPlainObject(wanted) && isPlainObject(found)) {
    const shape = schema && structShapeOf(schema);
    if (shape === undefined) return differInMap(schema && recordValueOf(schema), wanted, found, path);
    return Object.entries(shape).flatMap(([key, field]) => differ(field, wanted[key], found[key], `${path}.${key}`));
  }
  return isEqual(wanted, found) ? [] : [{ path, wanted, found }];
}

function differInMap(
  value: z.core.$ZodType | undefined,
  wanted: Properties,
  found: Properties,
  path: string,
): readonly PropertyDifference[] {
  const keys = [...new Set([...Object.keys(wanted), ...Object.keys(found)])];
  return keys.flatMap((key) => differ(value, wanted[key], found[key], `${path}.${key}`));
}

/** Nothing, however it is written: `null`, an empty map, a map of nothing. */
const isAbsent = (value: unknown): boolean =>
  value === undefined || value === null || (isPlainObject(value) && Object.values(value).every(isAbsent));

/** What is shown of a secret: that there is one. */
const hidden = "(secret)";
