import { inputsOf, normalizeInput } from "../inputs/normalize.ts";
import { isEqual, type Properties } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { migrateState } from "./state.ts";

export interface Difference {
  /** Inputs that changed. */
  readonly changed: readonly string[];
  /** Those of them that cannot be changed in place. */
  readonly replaces: readonly string[];
  /** The last run left the resource half-made, for this reason; there is work to do even when no input changed. */
  readonly unfinished: string | undefined;
}

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
  };
}
