import type { Properties } from "../inputs/plain.ts";
import { containsUnknown } from "../inputs/unknown.ts";
import type { PreparedKind } from "../kinds/resource-kind.ts";
import { createsFirst } from "../lifecycle/diff.ts";
import { inputsBefore } from "../lifecycle/inputs-before.ts";
import type { Lifecycle } from "../lifecycle/lifecycle.ts";
import { isReplacement, noteReplacement, noteWork } from "./run.ts";
import { tolerating } from "./tolerating.ts";
import { isUnmade, unmadeState } from "./unmade.ts";

/**
 * The life of a record that may be a member of a ring. What it has to do is noted for the ring's gate. With the hint `rollout` a
 * failure is a warning and stays in the state as `unfinished`: the gate judges it, and the rest of the ring goes on.
 */
export const inRollout = (kind: PreparedKind, life: Lifecycle): Lifecycle => {
  const note = (inputs: Properties, what = noteWork): void => {
    if (!containsUnknown(inputs)) what(life.placeOf(inputs));
  };
  return {
    ...life,
    check(inputs, before, hints) {
      const found = life.check(inputs, before, hints);
      if (before === undefined && found.failures.length === 0) note(found.inputs);
      return found;
    },
    diff(state, inputs) {
      const difference = life.diff(state, inputs);
      if (difference.changed.length > 0 || difference.unfinished !== undefined) note(inputs);
      if (difference.replaces.length > 0 && !difference.deleteBeforeReplace) note(inputs, noteReplacement);
      return difference;
    },
    async create(context, inputs) {
      const before = inputsBefore(context.hints.urn);
      // After a replacement the engine deletes the old one: one that failed must stop it.
      if (before !== undefined && createsFirst(kind, before, inputs)) return life.create(context, inputs);
      const id = kind.place.idOf(inputs, context.settings.subscriptionId);
      // The engine would take a tolerated failure for done, and remove the old one for a new one that is not there.
      if (isReplacement(id)) return life.create(context, inputs);
      return tolerating(context, id, {
        write: () => life.create(context, inputs),
        leave: (reason) => ({ id, state: unmadeState(kind, inputs, reason) }),
        leaveHalfMade: (state) => ({ id, state }),
      });
    },
    async update(context, id, state, inputs) {
      const wasUnmade = isUnmade(state);
      return tolerating(context, id, {
        write: async () =>
          wasUnmade ? (await life.create(context, inputs)).state : life.update(context, id, state, inputs),
        // Nothing was written: the old inputs still hold, and the next run finds what it has to change.
        leave: (reason) => (wasUnmade ? unmadeState(kind, inputs, reason) : { ...state, unfinished: reason }),
        leaveHalfMade: (halfMade) => halfMade,
      });
    },
    async read(context, id, state) {
      return isUnmade(state) ? undefined : life.read(context, id, state);
    },
    async remove(context, id, state) {
      if (!isUnmade(state)) await life.remove(context, id, state);
    },
  };
};
