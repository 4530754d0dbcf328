import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";

const longestPauseMs = 1000;

export interface WaitOptions<State> {
  readonly timeoutMs: number;
  /** What is waited for, for the message: `until <describe>`. */
  readonly describe: string;
  /** True when the state is the one that is waited for. Default: truthy. */
  readonly until?: (state: State) => boolean;
  /** Default: 100. After a look that took longer, such as one with kubectl, as long as it took, up to a second. */
  readonly intervalMs?: number;
}

/**
 * Looks again and again until the state is as wanted, and returns it. A look that throws counts as a state that is not wanted yet.
 * @throws after the time limit, with the last state or error that was seen
 */
export async function waitFor<State>(look: () => State | Promise<State>, options: WaitOptions<State>): Promise<State> {
  const { timeoutMs, describe, until = Boolean, intervalMs = 100 } = options;
  const deadline = Date.now() + timeoutMs;
  let last = "never looked";
  for (;;) {
    const beganAt = performance.now();
    try {
      const state = await look();
      if (until(state)) return state;
      last = inspect(state, { depth: 6, breakLength: 140 });
    } catch (error) {
      last = `error ${inspect(error, { depth: 3 })}`;
    }
    if (Date.now() >= deadline) throw new Error(`waited ${timeoutMs / 1000} s until ${describe}; last seen: ${last}`);
    // A busy machine is left to what is waited for.
    await delay(Math.max(intervalMs, Math.min(performance.now() - beganAt, longestPauseMs)));
  }
}
