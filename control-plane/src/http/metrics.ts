import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** The Prometheus metrics of one control plane; a registry of its own, so that several can live in one process. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"method" | "route" | "status">;
  readonly batchSize: Histogram;
  readonly commits: Histogram;
  readonly operations: Counter<"kind" | "status">;
  readonly refusals: Counter<"reason">;
  readonly droppedActivity: Counter;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: "arcfleet_http_request_duration_seconds",
      help: "Time from the first byte of a request to the end of its answer.",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
      registers: [registry],
    }),
    batchSize: new Histogram({
      name: "arcfleet_store_batch_writes",
      help: "Writes that one commit carried.",
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
      registers: [registry],
    }),
    commits: new Histogram({
      name: "arcfleet_store_commit_duration_seconds",
      help: "Time of a commit, flush to disk included.",
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
      registers: [registry],
    }),
    droppedActivity: new Counter({
      name: "arcfleet_activity_dropped_total",
      help: "Refusals that the activity log does not hold because too many came at once.",
      registers: [registry],
    }),
    refusals: new Counter({
      name: "arcfleet_http_refusals_total",
      help: "Requests and connections that a limit turned away, by which limit.",
      labelNames: ["reason"],
      registers: [registry],
    }),
    operations: new Counter({
      name: "arcfleet_operations_ended_total",
      help: "Operations that reached a final state.",
      labelNames: ["kind", "status"],
      registers: [registry],
    }),
  };
}
