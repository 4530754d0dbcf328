import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { ActivityLogTable } from "../db/activity-tables.ts";
import type { Store } from "../db/store.ts";
import type { Metrics } from "../http/metrics.ts";
import { type ActivityEvent, toActivityRow } from "./event.ts";

const flushIntervalMs = 1000;
const rowsAStatement = 200;
/** As many events as wait at most; a caller who is refused faster than that fills memory with nothing. */
const maxWaiting = 10_000;

/** Events that no transaction of their own carries: refusals, and requests that changed nothing. */
export interface ActivityLog {
  /** Keeps an event until the next flush, a second later at most. */
  later(event: ActivityEvent): void;
  flush(): Promise<void>;
  close(): Promise<void>;
}

export function createActivityLog(parts: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
}): ActivityLog {
  const { store, clock, log, metrics } = parts;
  let waiting: ActivityLogTable[] = [];
  let running: Promise<void> | undefined;

  const writeOut = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, rowsAStatement);
      // A failing write leaves them in the queue for the next time.
      await store.write((tx) => tx.insertInto("activity_log").values(batch).execute());
      waiting = waiting.slice(batch.length);
    }
  };
  const flush = (): Promise<void> => {
    running ??= writeOut().finally(() => {
      running = undefined;
    });
    return running;
  };
  const timer = setInterval(() => {
    flush().catch((error) =>
      log.warn({ err: error, waiting: waiting.length }, "the activity log could not be written"),
    );
  }, flushIntervalMs);
  timer.unref();

  return {
    later(event) {
      if (waiting.length < maxWaiting) waiting.push(toActivityRow(event, clock.now()));
      else metrics.droppedActivity.inc();
    },
    flush,
    async close() {
      clearInterval(timer);
      await flush().catch((error) => log.error({ err: error }, "the last events of the activity log were not written"));
    },
  };
}
