/*
 * What one run of the engine has to do and what failed in it. All verbs of a run happen in one process, which ends with the run:
 * so a gate knows of its members what no record of the control plane tells.
 */

const work = new Set<string>();
const replacements = new Set<string>();
const failures = new Map<string, string>();

/** Ids and places are equal without regard to case; a place, known before any request, has no subscription. */
const keyOf = (idOrPlace: string): string => idOrPlace.toLowerCase().replace(/^\/subscriptions\/[^/]*/, "");

/** A resource is to be created or changed in this run. */
export const noteWork = (place: string): void => void work.add(keyOf(place));

export const hasWork = (idOrPlace: string): boolean => work.has(keyOf(idOrPlace));

/** A resource is to be made in the place of another one, which the engine removes when it is there. */
export const noteReplacement = (place: string): void => void replacements.add(keyOf(place));

export const isReplacement = (id: string): boolean => replacements.has(keyOf(id));

export const noteFailure = (id: string, reason: string): void => void failures.set(keyOf(id), reason);

export const noteSuccess = (id: string): void => void failures.delete(keyOf(id));

/** Why a resource failed in this run; undefined when it did not. */
export const failureOf = (id: string): string | undefined => failures.get(keyOf(id));
