import { inputsOf, normalizeInput } from "../inputs/normalize.ts";
import { isEqual, type Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import type { Difference } from "./lifecycle.ts";
import { migrateState } from "./state.ts";

/**
 * Compares the state with the inputs. Pure: no network, no files. Defaults do not show; a value that is not known yet is never
 * equal, so a preview rather announces a replacement that does not come than hides one that does.
 */
export function diff(kind: PreparedKind, state: Properties, inputs: Properties): Difference {
  const before = migrateState(state);
  const old = inputsOf(kind, before);
  const changed = Object.keys(kind.inputs.shape).filter(
    (key) => !isEqual(normalizeInput(kind, key, old[key]), normalizeInput(kind, key, inputs[key])),
  );
  const unfinished = before.unfinished;
  return {
    changed,
    replaces: changed.filter((key) => kind.replaces.has(key)),
    unfinished: typeof unfinished === "string" ? unfinished : undefined,
    deleteBeforeReplace: !createsFirst(kind, old, inputs),
  };
}

/**
 * Whether a replacement may be made before the old one goes. Ids are chosen by the user: the new one often has the old one's. Below
 * another parent it never has.
 */
export function createsFirst(kind: PreparedKind, before: Properties, inputs: Properties): boolean {
  if (kind.createsFirst !== undefined) return kind.createsFirst(before, inputs);
  if (kind.definition.parent === undefined) return false;
  return !isEqual(normalizeInput(kind, "cluster", before.cluster), normalizeInput(kind, "cluster", inputs.cluster));
}
