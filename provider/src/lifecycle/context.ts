import type { ArmClient } from "../arm-client/arm-client.ts";
import type { Settings } from "../settings/index.ts";

/** What the SDK knows of a resource beside its inputs. Never reaches the state; all of it may be missing. */
export interface Hints {
  /** Where progress is shown. */
  readonly urn?: string;
  /** The program gives no name: the one that it has is only the default. */
  readonly isNameDefault?: boolean;
  /** Take over what exists instead of making it. Counts for a resource that is new to the stack. */
  readonly adopt?: boolean;
  /** The resource is a member of a ring: its failure is a warning, which the ring's gate judges. */
  readonly rollout?: {
    /** The ids of what must not have failed in this run: the cluster, the extension. */
    readonly needs: readonly string[];
  };
  /** The rings that a gate holds back, for its summary. */
  readonly waiting?: readonly { readonly ring: string; readonly clusters: number }[];
  /** Where the charts of an extension type lie, by version. */
  readonly charts?: Readonly<Record<string, string>>;
}

/** What a verb may use of the outside world. */
export interface LifecycleContext {
  readonly settings: Settings;
  readonly client: ArmClient;
  readonly hints: Hints;
  /** Tells the user what is being waited for. */
  say(text: string): void;
  /** Tells the user something that must not be overlooked: it stays in what the run printed. */
  warn(text: string): void;
  /** Aborted when the run is being stopped. */
  readonly signal: AbortSignal;
}
