import type { Properties } from "../../inputs/plain.ts";
import { containsUnknown } from "../../inputs/unknown.ts";
import { kindOf, lifecycleOf } from "../../kinds/index.ts";
import type { Hints, LifecycleContext } from "../../lifecycle/context.ts";
import type { CheckResult, ReadResult } from "../../lifecycle/lifecycle.ts";
import type { StackConfig } from "../../settings/index.ts";
import { announce } from "../announce.ts";
import { isElsewhere } from "../elsewhere.ts";
import { countingHints, rememberDeleted } from "../first-time.ts";
import type { Session } from "../session.ts";
import { detailedDiff, type PropertyChange } from "./detailed-diff.ts";
import { takeHints } from "./hint-inputs.ts";
import { keyOfUrn, nameOfUrn } from "./token.ts";

/** One resource in the packaged plugin: its lifecycle with what this way of hosting knows and the other is told by the SDK. */
export interface Packaged {
  /** Inputs that are secrets whatever the program says. */
  readonly secrets: readonly string[];
  check(before: Properties, inputs: Properties): Promise<CheckResult>;
  diff(given: { id: string; state: Properties; before: Properties; inputs: Properties }): PackagedDifference;
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

/** The process's: the engine starts one for each provider. */
export interface PackageState {
  readonly config: StackConfig;
  /** Opened by the verbs that talk to someone, so that a preview needs neither settings nor clients. */
  session(): Promise<Session>;
}

/** Hints by URN, as `check` saw them. */
const hintsAt = new Map<string, Hints>();

export function packaged(urn: string, { config, session }: PackageState): Packaged {
  const key = keyOfUrn(urn);
  const lifecycle = lifecycleOf(key);
  const { secrets, takesName } = kindOf(key).shape;
  const run = async <T>(verb: (context: LifecycleContext) => Promise<T>): Promise<T> =>
    (await session()).run(hintsAt.get(urn) ?? { urn }, verb);

  return {
    secrets,
    async check(old, given) {
      const taken = takeHints(given);
      const isNameDefault = takesName && taken.inputs.name === undefined;
      const inputs = takesName ? { name: nameOfUrn(urn), ...taken.inputs } : taken.inputs;
      const before = Object.keys(old).length === 0 ? undefined : old;
      const place = containsUnknown(inputs) ? undefined : lifecycle.placeOf(inputs);
      const hints = countingHints({ ...taken.hints, urn, isNameDefault }, place, before);
      const found = lifecycle.check(inputs, before, hints);
      if (found.failures.length === 0) {
        hintsAt.set(urn, hints);
        await announce(hints, found.notice);
      }
      return { inputs: found.inputs, failures: [...taken.failures, ...found.failures] };
    },
    diff({ id, state, before, inputs }) {
      const difference = lifecycle.diff(state, inputs);
      const { changed, replaces, unfinished, deleteBeforeReplace } = difference;
      const mustMove = isElsewhere(id, config, () => (containsUnknown(inputs) ? undefined : lifecycle.placeOf(inputs)));
      return {
        hasWork: changed.length > 0 || unfinished !== undefined || mustMove,
        changed,
        replaces: mustMove ? [...replaces, "provider"] : replaces,
        deleteBeforeReplace,
        detail: detailedDiff(before, inputs, difference),
      };
    },
    create: (inputs) => run((context) => lifecycle.create(context, inputs)),
    read: (id, state) => run((context) => lifecycle.read(context, id, state)),
    update: (id, state, inputs) => run((context) => lifecycle.update(context, id, state, inputs)),
    async remove(id, state) {
      await run((context) => lifecycle.remove(context, id, state));
      rememberDeleted(lifecycle.placeOf(state));
    },
  };
}
