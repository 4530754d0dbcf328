import type { Properties } from "../../inputs/plain.ts";
import { lifecycleOf } from "../../kinds/index.ts";
import type { LifecycleContext } from "../../lifecycle/context.ts";
import type { CheckResult, ReadResult } from "../../lifecycle/lifecycle.ts";
import type { Session } from "../session.ts";
import { detailedDiff, type PropertyChange } from "./detailed-diff.ts";
import { keyOfUrn, nameOfUrn } from "./token.ts";

/** One resource in the packaged plugin: its lifecycle with what this way of hosting knows and the other is told by hints. */
export interface Packaged {
  /** Inputs that are secrets whatever the program says. */
  readonly secrets: readonly string[];
  check(before: Properties, inputs: Properties): CheckResult;
  diff(given: { state: Properties; before: Properties; inputs: Properties }): PackagedDifference;
  create(inputs: Properties): Promise<{ id: string; state: Properties }>;
  read(id: string, state: Properties): Promise<ReadResult | undefined>;
  update(id: string, state: Properties, inputs: Properties): Promise<Properties>;
  remove(id: string, state: Properties): Promise<void>;
}

export interface PackagedDifference {
  readonly hasWork: boolean;
  readonly changed: readonly string[];
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly detail: ReadonlyMap<string, PropertyChange>;
}

/** @param session opened by the verbs that talk to someone, so that a preview needs neither settings nor clients */
export function packaged(urn: string, session: () => Promise<Session>): Packaged {
  const lifecycle = lifecycleOf(keyOfUrn(urn));
  const hints = { urn };
  const run = async <T>(verb: (context: LifecycleContext) => Promise<T>): Promise<T> =>
    (await session()).run(hints, verb);

  return {
    secrets: lifecycle.shape.secrets,
    check(before, inputs) {
      const isNamed = inputs.name !== undefined || !("name" in lifecycle.shape.inputs.shape);
      const named = isNamed ? inputs : { ...inputs, name: nameOfUrn(urn) };
      return lifecycle.check(named, Object.keys(before).length === 0 ? undefined : before, hints);
    },
    diff({ state, before, inputs }) {
      const difference = lifecycle.diff(state, inputs);
      const { changed, replaces, unfinished, deleteBeforeReplace } = difference;
      return {
        hasWork: changed.length > 0 || unfinished !== undefined,
        changed,
        replaces,
        deleteBeforeReplace,
        detail: detailedDiff(before, inputs, difference),
      };
    },
    create: (inputs) => run((context) => lifecycle.create(context, inputs)),
    read: (id, state) => run((context) => lifecycle.read(context, id, state)),
    update: (id, state, inputs) => run((context) => lifecycle.update(context, id, state, inputs)),
    remove: (id, state) => run((context) => lifecycle.remove(context, id, state)),
  };
}
