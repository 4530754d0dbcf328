import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { version } from "../version.ts";

/** The Prometheus metrics of one control plane; a registry of its own, so that several can live in one process. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"method" | "route" | "status">;
  readonly batchSize: Histogram;
  readonly commits: Histogram;
  readonly operations: Counter<"kind" | "status">;
  readonly refusals: Counter<"reason">;
  readonly droppedActivity: Counter;
  readonly inFlight: Gauge;
  readonly heartbeats: Counter;
  readonly streams: Gauge<"kind">;
  /** `work` is the kind of a lease, not its name: there are as many names as groups. */
  readonly leases: Gauge<"work">;
  readonly jobs: Counter<"work" | "result">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "arcfleet_build_info",
    help: "1, with the version of this process and of its Node as labels.",
    labelNames: ["version", "node"],
    registers: [registry],
  }).set({ version, node: process.versions.node }, 1);
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
    inFlight: new Gauge({
      name: "arcfleet_http_requests_in_flight",
      help: "Requests whose answer has not ended, agents' notification streams included.",
      registers: [registry],
    }),
    heartbeats: new Counter({
      name: "arcfleet_heartbeats_total",
      help: "Heartbeats of clusters that were saved.",
      registers: [registry],
    }),
    streams: new Gauge({
      name: "arcfleet_agent_streams",
      help: "Connections that agents keep open: to hear of changes (notifications), or to send heartbeats.",
      labelNames: ["kind"],
      registers: [registry],
    }),
    leases: new Gauge({
      name: "arcfleet_leases_held",
      help: "Pieces of background work that this replica does at present.",
      labelNames: ["work"],
      registers: [registry],
    }),
    jobs: new Counter({
      name: "arcfleet_background_runs_total",
      help: "Pieces of background work that ended here: done, failed, or lost to another replica.",
      labelNames: ["work", "result"],
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
