import { normalizeLocation, resourceKey } from "@arcfleet/contract";
import type { Properties } from "../inputs/plain.ts";
import { containsUnknown } from "../inputs/unknown.ts";
import type { Hints } from "../lifecycle/context.ts";
import { wantsAgents } from "./agents-input.ts";

/**
 * A record cannot change its region, and an id does not tell one: during a move there are two records, which need two names. So a
 * cluster moves without a gap when its name is ours to choose. Pure: from the last inputs the same follows each time, so that a run
 * that goes on finds what the one before it made.
 */

const nameLength = 260;

/** The inputs with the name that the record has had, or with the one that it gets in another region. */
export function followMove(inputs: Properties, before: Properties | undefined, { isNameDefault }: Hints): Properties {
  if (before === undefined) return inputs;
  const { name, location } = inputs;
  if (typeof name !== "string" || containsUnknown([name, location])) return inputs;
  const previous = String(before.name);
  if (isNameDefault && !isSameRegion(before, inputs)) {
    const movedFrom = formatPlace(before);
    return { ...inputs, name: movedName(name, normalizeLocation(String(location)), previous), movedFrom };
  }
  const named = isNameDefault ? { ...inputs, name: previous } : inputs;
  return isSameRecord(before, named) && before.movedFrom !== undefined
    ? { ...named, movedFrom: before.movedFrom }
    : named;
}

/** True when the record is made anew from the one before it, which may stay until that is done. */
export const isMove = (before: Properties, inputs: Properties): boolean =>
  inputs.movedFrom !== undefined && inputs.movedFrom !== before.movedFrom;

/** What a preview says of a move beside the changed inputs. */
export function describeMove(before: Properties | undefined, inputs: Properties): string | undefined {
  if (before === undefined || !isMove(before, inputs)) return undefined;
  const agents = wantsAgents(inputs) ? "the agents change over to it, " : "";
  return (
    `moves from ${String(before.location)} to ${String(inputs.location)}: the record ${String(inputs.name)} is made first, ${agents}` +
    `what is declared below it is made anew; what runs on the cluster stays. Then ${String(before.name)} goes, ` +
    "unless it still holds something that the program does not declare."
  );
}

const isSameRegion = (one: Properties, other: Properties): boolean =>
  normalizeLocation(String(one.location)) === normalizeLocation(String(other.location));

const isSameRecord = (one: Properties, other: Properties): boolean =>
  isSameRegion(one, other) && resourceKey(formatPlace(one)) === resourceKey(formatPlace(other));

/** `group/name`: the subscription is the provider's. */
const formatPlace = ({ resourceGroup, name }: Properties): string => `${String(resourceGroup)}/${String(name)}`;

/** Which record an input `movedFrom` names. */
export function parsePlace(movedFrom: string): { resourceGroup: string; name: string } {
  const [resourceGroup = "", name = ""] = movedFrom.split("/");
  return { resourceGroup, name };
}

/** Counted on from the last name: the way back to a region is a move as well, while the record that it left may still be there. */
function movedName(base: string, location: string, previous: string): string {
  const count = previous === base ? undefined : /-(\d+)$/.exec(previous)?.[1];
  const suffix = `-${location}-${Number(count ?? 0) + 1}`;
  return `${base.slice(0, nameLength - suffix.length)}${suffix}`;
}
