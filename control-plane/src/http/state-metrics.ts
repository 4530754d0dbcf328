/** Metrics of what is in the database, looked at when somebody asks for them and then not again for a while. */
import { sql } from "kysely";
import { Gauge } from "prom-client";
import type { Services } from "../services.ts";

/** How old such a number may be: several may scrape, and counting touches every cluster. */
const maxAgeMs = 15_000;

interface State {
  readonly clusters: ReadonlyMap<string, number>;
  readonly running: number;
  readonly oldestSeconds: number;
}

const connectivities = ["AgentNotInstalled", "Connecting", "Connected", "Offline", "Expired"];

type StateServices = Pick<Services, "store" | "clock" | "settings" | "metrics" | "log">;

export function registerStateMetrics(services: StateServices): void {
  const { store, metrics, log } = services;
  const registers = [metrics.registry];
  let known: { readonly at: number; readonly state: Promise<State | undefined> } | undefined;
  const current = (): Promise<State | undefined> => {
    const now = performance.now();
    if (known === undefined || now - known.at > maxAgeMs) {
      const state = readState(services).catch((error: unknown) => {
        log.warn({ err: error }, "the state for metrics cannot be read");
        return undefined;
      });
      known = { at: now, state };
    }
    return known.state;
  };

  // While the database is away these have no value; what is known without it is still told.
  new Gauge({
    name: "arcfleet_clusters",
    help: "Connected clusters by connectivity; every replica tells the same.",
    labelNames: ["connectivity"],
    registers,
    async collect() {
      const state = await current();
      this.reset();
      if (state === undefined) return;
      for (const connectivity of connectivities) this.set({ connectivity }, state.clusters.get(connectivity) ?? 0);
    },
  });
  new Gauge({
    name: "arcfleet_operations_running",
    help: "Operations that have not ended; every replica tells the same.",
    registers,
    async collect() {
      this.set((await current())?.running ?? Number.NaN);
    },
  });
  new Gauge({
    name: "arcfleet_operations_oldest_seconds",
    help: "For how long the oldest of them runs; 0 without any.",
    registers,
    async collect() {
      this.set((await current())?.oldestSeconds ?? Number.NaN);
    },
  });
  new Gauge({
    name: "arcfleet_store_pending_writes",
    help: "Writes that were accepted and are not committed.",
    registers,
    collect() {
      this.set(store.load().pendingWrites);
    },
  });
  if (store.dialect !== "postgres") return;
  new Gauge({
    name: "arcfleet_database_connections",
    help: "Connections of this replica to PostgreSQL: busy and idle ones, and requests that wait for one.",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of Object.entries(store.load().connections ?? {})) this.set({ state }, count);
    },
  });
}

/** In the words of connectivityOf, as one statement. */
async function readState({ store, clock, settings }: StateServices): Promise<State> {
  const now = clock.now();
  const at = (offsetMs: number): string => new Date(now.getTime() + offsetMs).toISOString();
  const rows = await store.read
    .selectFrom("cluster_status")
    .select(({ fn }) => [
      sql<string>`case
        when key_hash is null then 'AgentNotInstalled'
        when last_connectivity is null then 'Connecting'
        when certificate_expires <= ${now.toISOString()} then 'Expired'
        when last_connectivity > ${at(-settings.offlineAfterMs)} and last_connectivity < ${at(settings.offlineAfterMs)} then 'Connected'
        else 'Offline' end`.as("connectivity"),
      fn.countAll().as("count"),
    ])
    .groupBy("connectivity")
    .execute();
  const running = await store.read
    .selectFrom("operations")
    .select(({ fn }) => [fn.countAll().as("count"), fn.min("started_at").as("oldest")])
    .where("status", "=", "InProgress")
    .executeTakeFirstOrThrow();
  const oldest = running.oldest === null ? now.getTime() : Date.parse(running.oldest);
  return {
    clusters: new Map(rows.map(({ connectivity, count }) => [connectivity, Number(count)])),
    running: Number(running.count),
    oldestSeconds: Math.max(0, (now.getTime() - oldest) / 1000),
  };
}
