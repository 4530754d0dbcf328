import { z } from "zod";

/** An error for people: what happened and why, without stack. */
export function describeError(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues
      .map(({ path, message }) => `${path.length > 0 ? `${path.join(".")}: ` : ""}${message}`)
      .join("; ");
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describeError(error.cause)}`;
}
