import type { Properties } from "../inputs/plain.ts";
import type { Hints, LifecycleContext } from "./context.ts";

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface CheckResult {
  /** What the engine goes on with, and keeps as the inputs of the resource. */
  readonly inputs: Properties;
  readonly failures: readonly CheckFailure[];
  /** What the user should know of the change beside the inputs that differ; shown in a preview as well. */
  readonly notice?: string;
}

export interface Difference {
  /** Inputs that changed. */
  readonly changed: readonly string[];
  /** Those of them that cannot be changed in place. */
  readonly replaces: readonly string[];
  /** The last run left the resource half-made, for this reason; there is work to do even when no input changed. */
  readonly unfinished: string | undefined;
  /** Whether the old one must go before the new one comes. */
  readonly deleteBeforeReplace: boolean;
}

export interface ReadResult {
  readonly state: Properties;
  /** The inputs that would have led to what was found: where they differ from the program, a preview shows it. */
  readonly inputs: Properties;
}

/**
 * What happens to one resource in its life, however it is hosted. Most types get theirs from the contract's definition
 * (`arm-lifecycle.ts`); what is no record of the control plane brings its own.
 */
export interface Lifecycle {
  /** The place that inputs name, known before the resource exists: by it hints given to `check` are found again. */
  placeOf(inputs: Properties): string;
  /**
   * Pure. Values that only the update will tell are taken as fine.
   * @param before the inputs of the last run; absent for a new resource
   */
  check(inputs: Properties, before: Properties | undefined, hints: Hints): CheckResult;
  /** Pure. */
  diff(state: Properties, inputs: Properties): Difference;
  create(context: LifecycleContext, inputs: Properties): Promise<{ id: string; state: Properties }>;
  /** Undefined when the resource is gone. */
  read(context: LifecycleContext, id: string, state: Properties): Promise<ReadResult | undefined>;
  update(context: LifecycleContext, id: string, state: Properties, inputs: Properties): Promise<Properties>;
  /** What is not there is a success. */
  remove(context: LifecycleContext, id: string, state: Properties): Promise<void>;
}
