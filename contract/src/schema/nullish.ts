import type { z } from "zod";

/** An optional field that also takes `null`, as clients send back what they received. */
export const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined);

/** The same with a default. */
export const orElse = <T extends z.ZodType, D extends z.output<T>>(schema: T, fallback: D) =>
  schema.nullish().transform((value) => value ?? fallback);
