import type { z } from "zod";
import type { CheckFailure } from "../lifecycle/lifecycle.ts";
import { isPlainObject, type Properties } from "./plain.ts";
import { containsUnknown } from "./unknown.ts";

/** Where inputs do not fit a schema, leaving aside what is not known yet. */
export const schemaFailures = (schema: z.ZodType, inputs: Properties): readonly CheckFailure[] =>
  (schema.safeParse(inputs).error?.issues ?? [])
    .filter((issue) => !containsUnknown(valueAt(inputs, issue.path)))
    .map((issue) => ({ property: issue.path.map(String).join("."), reason: issue.message }));

/** The value that an issue is about, or the deepest one above it that exists. */
function valueAt(inputs: unknown, path: readonly PropertyKey[]): unknown {
  let value = inputs;
  for (const step of path) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isPlainObject(value)) value = value[String(step)];
    else return value;
  }
  return value;
}
