import { normalizeLocation, resourceKey } from "@arcfleet/contract";
import type { z } from "zod";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { Properties } from "./plain.ts";

/**
 * The form under which two ways to write an input are equal: defaults filled in, ids and places without regard to case. A value
 * that is not known yet, or that the schema refuses, stays as it is and so equals nothing else.
 */
export function normalizeInput(kind: PreparedKind, key: string, value: unknown): unknown {
  const schema: z.ZodType | undefined = kind.inputs.shape[key];
  const parsed = schema?.safeParse(value);
  const normal = parsed?.success ? parsed.data : value;
  if (typeof normal !== "string") return normal;
  if (key === "location") return normalizeLocation(normal);
  if (key in kind.place.inputs) return resourceKey(normal);
  return kind.caseInsensitive.includes(key) ? normal.toLowerCase() : normal;
}

/** The inputs among the fields of a state: without outputs, and without what was only detected. */
export function inputsOf(kind: PreparedKind, state: Properties): Properties {
  const detected = Array.isArray(state.detected) ? state.detected : [];
  return Object.fromEntries(
    Object.entries(state).filter(
      ([key, value]) => key in kind.inputs.shape && !detected.includes(key) && value !== undefined && value !== null,
    ),
  );
}
