import { setTimeout as sleep } from "node:timers/promises";
import pMap from "p-map";
import type { LifecycleContext } from "../lifecycle/context.ts";
import type { GateInputs } from "./gate-inputs.ts";
import { healthOf } from "./member-health.ts";
import { progressOf, RingNotHealthyError, summaryOf } from "./ring-summary.ts";
import { isLost, isSettled, type Standing, seen, standingOf } from "./standing.ts";

const clustersAtOnce = 8;
const shortestIntervalMs = 1000;
/** A large ring is looked at less often: so many clusters a second are enough. */
const clustersPerSecond = 25;

/** The time, which tests turn themselves. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

const realClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }),
};

/** A ring that passed, with the clusters that `maxFailures` let go. */
export interface Passed {
  readonly unhealthy: readonly string[];
}

/**
 * Watches the clusters of a ring until each has been healthy for long enough, and asks no more about those that have.
 * @throws RingNotHealthyError with the summary, when too many are not and waiting does not help or took too long
 */
export async function watchRing(context: LifecycleContext, gate: GateInputs, clock = realClock): Promise<Passed> {
  const start = clock.now();
  const standings = new Map<string, Standing>();
  const settled = (standing: Standing): boolean => isSettled(standing, gate.healthyForSeconds);

  while (true) {
    const open = Object.entries(gate.members).filter(([name]) => !settled(standingOf(standings, name)));
    await pMap(
      open,
      async ([name, member]) => {
        const health = await healthOf(context, member);
        standings.set(name, seen(standingOf(standings, name), health, clock.now()));
      },
      { concurrency: clustersAtOnce },
    );

    const elapsedSeconds = Math.round((clock.now() - start) / 1000);
    const names = Object.keys(gate.members);
    const lost = names.filter((name) => isLost(standingOf(standings, name)));
    const missing = names.filter((name) => !settled(standingOf(standings, name)));
    const fail = () => new RingNotHealthyError(summaryOf(gate, standings, elapsedSeconds, context.hints.waiting ?? []));
    if (lost.length > gate.maxFailures) throw fail();
    if (missing.length === lost.length) return { unhealthy: missing };
    if (elapsedSeconds >= gate.timeoutSeconds) {
      if (missing.length > gate.maxFailures) throw fail();
      return { unhealthy: missing };
    }
    context.say(progressOf(gate, standings));
    await clock.sleep(Math.max(shortestIntervalMs, (open.length * 1000) / clustersPerSecond), context.signal);
  }
}
