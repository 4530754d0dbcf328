import type { ArmClient } from "../arm-client/arm-client.ts";
import type { Settings } from "../settings.ts";

/** What a verb may use of the outside world. */
export interface LifecycleContext {
  readonly settings: Settings;
  readonly client: ArmClient;
  /** Tells the user what is being waited for. */
  say(text: string): void;
  /** Aborted when the run is being stopped. */
  readonly signal: AbortSignal;
}
