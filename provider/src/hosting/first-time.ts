import type { Properties } from "../inputs/plain.ts";
import type { Hints } from "../lifecycle/context.ts";

/**
 * Which resources the stack has had in this run. `adopt` is about what is new to the stack: a resource that is replaced, or deleted
 * and made again with its parent, is made as always, although the program still says `adopt`.
 */
const known = new Set<string>();

/**
 * The hints as they count for a resource that is being checked.
 * @param place undefined while it is not known
 * @param before the inputs of the last run; the engine gives none for what it is about to make, replacements included
 */
export function countingHints(hints: Hints, place: string | undefined, before: Properties | undefined): Hints {
  if (!hints.adopt) return hints;
  if (before !== undefined && hints.urn !== undefined) known.add(hints.urn);
  const isKnown = before !== undefined || [hints.urn, place].some((one) => one !== undefined && known.has(one));
  return isKnown ? { ...hints, adopt: false } : hints;
}

/** Remembers that the stack had the resource of a place, which is deleted now. */
export const rememberDeleted = (place: string): void => void known.add(place);
