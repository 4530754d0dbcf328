import { z } from "zod";

/** The schema inside wrappers that only say "may be absent" or fill in a default. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return unwrap(schema.def.innerType);
  }
  if (schema instanceof z.ZodPipe) {
    // A transform has no shape of its own: the shape is on its other side.
    return unwrap(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in);
  }
  return schema;
}

/** The fields of a schema with named fields; undefined for any other. */
export function structShapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodObject ? inner.shape : undefined;
}

/** The schema of the elements of a list; undefined for any other. */
export function elementOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodArray ? inner.def.element : undefined;
}

/** The schema of the values of a map; undefined for any other. */
export function recordValueOf(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodRecord ? inner.def.valueType : undefined;
}
