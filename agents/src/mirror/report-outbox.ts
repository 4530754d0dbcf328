/**
 * Reports on their way to the control plane. The latest of an item wins; what was sent before is not sent again; while there
 * is no connection reports wait here, however long, and a restarted agent simply says everything once more (reports are
 * idempotent).
 */
import type { Report } from "@arcfleet/contract";
import type { Logger } from "pino";
import { backoffMs, type Clock, type ControlPlaneClient, ControlPlaneError, systemClock } from "../runtime/index.ts";

export interface ReportOutbox {
  put(report: Report): void;
  /** Sends until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

const backoff = { firstMs: 1000, mostMs: 60_000 };
const batchSize = 100;

export function reportOutbox(options: {
  client: Pick<ControlPlaneClient, "report">;
  log: Logger;
  clock?: Clock;
  /** Told of each report that arrived, and whether the control plane still knows the item. */
  onDelivered?: (report: Report, isKnown: boolean) => void;
}): ReportOutbox {
  const { client, log, clock = systemClock, onDelivered } = options;
  const waiting = new Map<string, Report>();
  const delivered = new Map<string, string>();
  let wake: () => void = () => undefined;

  const send = async (batch: [string, Report][], signal: AbortSignal): Promise<void> => {
    const reports = batch.map(([, report]) => report);
    const { unknown } = await client.report(reports, { signal });
    for (const [key, report] of batch) {
      // A newer one may have taken its place while this one travelled.
      if (waiting.get(key) === report) waiting.delete(key);
      const isKnown = !unknown.some(({ kind, name }) => kind === report.kind && name === report.name);
      if (isKnown && report.state !== "Deleted") delivered.set(key, contentOf(report));
      else delivered.delete(key);
      onDelivered?.(report, isKnown);
    }
  };

  return {
    put(report) {
      const key = `${report.kind}/${report.name}`;
      const content = contentOf(report);
      const ahead = waiting.get(key);
      if (ahead === undefined ? delivered.get(key) === content : contentOf(ahead) === content) return;
      waiting.set(key, report);
      wake();
    },
    async run(signal) {
      let failures = 0;
      let size = batchSize;
      signal.addEventListener("abort", () => wake(), { once: true });
      while (!signal.aborted) {
        if (waiting.size === 0) {
          size = batchSize;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        const batch = [...waiting].slice(0, size);
        try {
          await send(batch, signal);
          failures = 0;
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          const afterMs = backoffMs(clock, failures, backoff);
          log.warn({ err: error, afterMs, waiting: waiting.size }, "reports cannot be sent; keeping them");
          // Refused for what is in it: find the one by sending them singly, and drop it. It would hold up all others.
          if (error instanceof ControlPlaneError && error.status === 400) {
            if (batch.length === 1) drop(batch);
            size = 1;
          }
          await clock.sleep(afterMs, signal).catch(() => undefined);
        }
      }
    },
  };

  function drop(batch: [string, Report][]): void {
    for (const [key, report] of batch) {
      log.error({ report: key }, "the control plane refuses the report; dropping it");
      if (waiting.get(key) === report) waiting.delete(key);
    }
  }
}

/** What a report says, without when. */
const contentOf = ({ observedAt: _, ...content }: Report): string => JSON.stringify(content);
