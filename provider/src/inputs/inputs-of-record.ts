import type { ArmResource } from "@arcfleet/contract";
import { z } from "zod";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { mapSecrets } from "./map-secrets.ts";
import { isEqual, isPlainObject, type Properties, withoutUndefined } from "./plain.ts";
import { elementOf, recordValueOf, structShapeOf } from "./schema-shape.ts";

/**
 * The inputs of a program that says what a record says: the reverse of writing one. Defaults and what is filled in by itself are left
 * out, so that it reads as if a person had written it. A program with these inputs adopts the record.
 * @param secretAt stands for a secret, which nobody tells; it is given the path. Without it properties with secrets are left out
 */
export function inputsOfRecord(
  kind: PreparedKind,
  record: ArmResource,
  secretAt?: (path: readonly string[]) => unknown,
): Properties {
  const { definition } = kind;
  const tags = record.tags ?? {};
  const own = {
    ...kind.place.inputsOf(record.id),
    ...(definition.tracked ? { location: record.location } : {}),
    ...(definition.tracked && Object.keys(tags).length > 0 ? { tags } : {}),
    ...kind.imported?.(record),
  };
  const told = Object.fromEntries(
    kind.properties.map((key) => [key, read(schemaOf(kind, key), record.properties[key])]),
  );
  const filledIn = kind.filledIn?.(withoutUndefined({ ...told, ...own }), record) ?? {};
  const properties = Object.entries(told).map(([key, value]) => {
    const schema = schemaOf(kind, key);
    const isLeftOut = secretAt === undefined && kind.shape.secrets.includes(key);
    if (isLeftOut || isEqual(value, filledIn[key] ?? undefined)) return [key, undefined] as const;
    const short = withoutDefaults(schema, value);
    // What stands in for a secret is the caller's, and need not be plain data: only what is left out is tidied up after.
    const shown =
      secretAt === undefined
        ? withoutUndefinedInside(mapSecrets(key, short, definition.secrets, () => undefined))
        : mapSecrets(key, short, definition.secrets, secretAt);
    return [key, shown] as const;
  });
  return withoutUndefined({ ...own, ...Object.fromEntries(properties) });
}

const withoutUndefinedInside = (value: unknown): unknown =>
  isPlainObject(value)
    ? withoutUndefined(
        Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutUndefinedInside(one)])),
      )
    : value;

const schemaOf = (kind: PreparedKind, key: string): z.ZodType => kind.inputs.shape[key] ?? z.unknown();

/** A value as the schema has it, without what is no input. */
function read(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : (value ?? undefined);
}

/** A value without what the schema fills in by itself; undefined when nothing is left to say. */
function withoutDefaults(schema: z.core.$ZodType, value: unknown): unknown {
  const preset = z.safeParse(schema, undefined);
  if (value === undefined || value === null || (preset.success && isEqual(value, preset.data))) return undefined;
  return shorten(schema, value);
}

function shorten(schema: z.core.$ZodType, value: unknown): unknown {
  const element = elementOf(schema);
  if (element !== undefined && Array.isArray(value)) return value.map((one) => shorten(element, one));
  if (!isPlainObject(value)) return value;
  const shape = structShapeOf(schema);
  const entries = Object.entries(value);
  if (shape !== undefined) {
    return withoutUndefined(
      Object.fromEntries(entries.map(([key, one]) => [key, shape[key] ? withoutDefaults(shape[key], one) : one])),
    );
  }
  // An entry of a map counts by being there, even when it says nothing.
  const each = recordValueOf(schema);
  return each === undefined ? value : Object.fromEntries(entries.map(([key, one]) => [key, shorten(each, one)]));
}
