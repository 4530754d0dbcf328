import type { Properties } from "../inputs/plain.ts";

/** The inputs of the last run, by URN. */
const seen = new Map<string, Properties>();

/**
 * What a resource's inputs were in the last run. The engine checks a replacement twice: first with them, and once it knows that it
 * is one a second time as if there had been nothing before. Who goes on from the last inputs needs them both times.
 */
export function inputsBefore(urn: string | undefined, before?: Properties): Properties | undefined {
  if (urn === undefined) return before;
  if (before !== undefined) seen.set(urn, before);
  return seen.get(urn);
}
