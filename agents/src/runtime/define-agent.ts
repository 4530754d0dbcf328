/**
 * The one loop. An agent brings a source of desired items and a function that makes one of them true; everything else is here,
 * once: one run per item at a time, many events become one run, a deadline through `signal`, backoff with jitter that starts
 * over when the desired state changes, one report at the end of a run, a clean stop.
 *
 * How to think: an event is only a hint that a key should be looked at. A run always reads the newest desired state from the
 * source, so events may come late, twice or not at all (the interval covers the last).
 */
import type { Logger } from "pino";
import { type BackoffOptions, backoffMs, type Clock, jitter, systemClock } from "./clock.ts";
import type { Failed, Outcome } from "./outcome.ts";
import type { Source } from "./source.ts";

export interface RunContext {
  readonly key: string;
  /** Aborted at the deadline of the run and when the agent stops. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

export interface AgentDefinition<D, R = unknown> {
  readonly name: string;
  readonly source: Source<D>;
  readonly reconcile: (desired: D, context: RunContext) => Promise<Outcome<R>>;
  /**
   * Called once at the end of each run, the failed ones included: the place for the one status write. A throw here is logged
   * and the item is tried again with backoff.
   */
  readonly report?: (desired: D, outcome: Outcome<R> | Failed, context: RunContext) => Promise<void>;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How often an item is looked at without an event. Default: ten minutes. */
  readonly intervalMs?: number;
  /** The longest a run may take. Default: two minutes. */
  readonly deadlineMs?: number;
  /** Items worked on at the same time. Default: four. */
  readonly concurrency?: number;
  readonly backoff?: BackoffOptions;
  /** Told about each run, for metrics. */
  readonly onRun?: (run: { agent: string; outcome: string; durationMs: number }) => void;
}

export interface Agent {
  readonly name: string;
  /** Works until the signal is aborted, then lets running items end (their signal is aborted too) and returns. */
  run(signal: AbortSignal): Promise<void>;
  /** True once the source has delivered its first full picture. */
  isReady(): boolean;
}

interface Item {
  failures: number;
  version: string | undefined;
  isRunning: boolean;
  isQueued: boolean;
  /** An event came while the item was running: run it once more. */
  isDirty: boolean;
  cancelTimer?: (() => void) | undefined;
}

const defaultBackoff: BackoffOptions = { firstMs: 500, mostMs: 300_000 };

export function defineAgent<D, R = unknown>(definition: AgentDefinition<D, R>): Agent {
  const {
    name,
    source,
    clock = systemClock,
    intervalMs = 600_000,
    deadlineMs = 120_000,
    concurrency = 4,
    backoff = defaultBackoff,
  } = definition;

  return {
    name,
    isReady: () => source.isSynced(),
    async run(signal) {
      const items = new Map<string, Item>();
      const queue: string[] = [];
      const running = new Set<Promise<void>>();

      const itemOf = (key: string): Item => {
        let item = items.get(key);
        if (item === undefined) {
          item = { failures: 0, version: undefined, isRunning: false, isQueued: false, isDirty: false };
          items.set(key, item);
        }
        return item;
      };

      const wake = (key: string): void => {
        if (signal.aborted) return;
        const item = itemOf(key);
        if (item.isRunning) {
          item.isDirty = true;
          return;
        }
        item.cancelTimer?.();
        item.cancelTimer = undefined;
        if (item.isQueued) return;
        item.isQueued = true;
        queue.push(key);
        startRuns();
      };

      /** An event of the source. While an item backs off, only a changed desired state gets it out of the wait. */
      const changed = (key: string): void => {
        const item = itemOf(key);
        const desired = source.get(key);
        if (desired !== undefined && item.failures > 0 && item.version === source.version(desired)) return;
        wake(key);
      };

      const wakeAfter = (key: string, afterMs: number): void => {
        const item = itemOf(key);
        item.cancelTimer?.();
        item.cancelTimer = clock.after(afterMs, () => {
          item.cancelTimer = undefined;
          wake(key);
        });
      };

      const startRuns = (): void => {
        while (running.size < concurrency && !signal.aborted) {
          const key = queue.shift();
          if (key === undefined) return;
          const item = itemOf(key);
          item.isQueued = false;
          item.isRunning = true;
          const run = runOnce(key, item).finally(() => {
            running.delete(run);
            item.isRunning = false;
            if (item.isDirty) {
              item.isDirty = false;
              const desired = source.get(key);
              if (desired === undefined || item.failures === 0 || item.version !== source.version(desired)) wake(key);
            }
            startRuns();
          });
          running.add(run);
        }
      };

      const runOnce = async (key: string, item: Item): Promise<void> => {
        const desired = source.get(key);
        if (desired === undefined) {
          items.delete(key);
          return;
        }
        const version = source.version(desired);
        if (version !== item.version) item.failures = 0;
        item.version = version;

        const deadline = new AbortController();
        const stopDeadline = clock.after(deadlineMs, () =>
          deadline.abort(new Error(`${name}: ${key} took longer than ${deadlineMs / 1000} s`)),
        );
        const context: RunContext = {
          key,
          signal: AbortSignal.any([signal, deadline.signal]),
          log: definition.log.child({ item: key }),
        };
        const begun = clock.now();
        try {
          const outcome = await attempt(() => definition.reconcile(desired, context), item);
          // A stop is not a failure of the item: the next process goes on with it.
          if (signal.aborted) return;
          logOutcome(context, outcome);
          await definition.report?.(desired, outcome, context);
          definition.onRun?.({ agent: name, outcome: outcome.kind, durationMs: clock.now() - begun });
          if (outcome.kind !== "failed") item.failures = 0;
          const isTimed = outcome.kind === "again" || outcome.kind === "failed";
          wakeAfter(key, isTimed ? outcome.afterMs : jitter(clock, intervalMs));
        } catch (error) {
          if (signal.aborted) return;
          item.failures += 1;
          const afterMs = backoffMs(clock, item.failures, backoff);
          context.log.error({ err: error, afterMs }, "the outcome could not be reported; trying again");
          wakeAfter(key, afterMs);
        } finally {
          stopDeadline();
        }
      };

      const attempt = async (work: () => Promise<Outcome<R>>, item: Item): Promise<Outcome<R> | Failed> => {
        try {
          return await work();
        } catch (cause) {
          const error = cause instanceof Error ? cause : new Error(String(cause));
          item.failures += 1;
          return { kind: "failed", error, failures: item.failures, afterMs: backoffMs(clock, item.failures, backoff) };
        }
      };

      try {
        await source.run(changed, signal);
        if (!signal.aborted) throw new Error(`${name}: the source of desired items ended`);
      } finally {
        for (const item of items.values()) item.cancelTimer?.();
        await Promise.allSettled(running);
        for (const item of items.values()) item.cancelTimer?.();
      }
    },
  };
}

function logOutcome({ log }: RunContext, outcome: Outcome | Failed): void {
  if (outcome.kind === "done") log.debug("done");
  if (outcome.kind === "again") log.debug({ afterMs: outcome.afterMs }, outcome.why);
  if (outcome.kind === "stalled") log.warn({ reason: outcome.reason }, outcome.message);
  if (outcome.kind === "failed") {
    log.error({ err: outcome.error, afterMs: outcome.afterMs, failures: outcome.failures }, "failed; trying again");
  }
}
