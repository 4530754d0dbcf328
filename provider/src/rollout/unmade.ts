import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { stateVersion } from "../lifecycle/state.ts";

/**
 * The state of a resource whose creation failed before there was a record: the next `up` creates it, a refresh forgets it, and
 * removing it touches nothing, because a record under its id would be someone else's.
 */
export const unmadeState = (kind: PreparedKind, inputs: Properties, reason: string): Properties =>
  withoutUndefined({ stateVersion, ...inputs, ...kind.outputsWithoutRecord, unmade: true, unfinished: reason });

export const isUnmade = (state: Properties): boolean => state.unmade === true;
