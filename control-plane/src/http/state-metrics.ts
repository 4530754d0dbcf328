/** Metrics of what is in the database, looked at when somebody asks for them and then not again for a while. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { Gauge } from "prom-client";
import type { Tables } from "../db/tables.ts";
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

async function readState(services: StateServices): Promise<State> {
  const { store, clock } = services;
  const clusters = await countClusters(services);
  const running = await runningOperations(store.read).executeTakeFirstOrThrow();
  const now = clock.now().getTime();
  const oldest = running.oldest === null ? now : Date.parse(running.oldest);
  return { clusters, running: Number(running.count), oldestSeconds: Math.max(0, (now - oldest) / 1000) };
}

/** The status is written out instead of a parameter: otherwise the index of what runs is not looked at. */
export const runningOperations = (db: Kysely<Tables>) =>
  db
    .selectFrom("operations")
    .select(({ fn }) => [fn.countAll().as("count"), fn.min("started_at").as("oldest")])
    .where("status", "=", sql.lit("InProgress"));

/** So many are counted before others have their turn: the embedded database is read in the thread that answers everybody. */
const countedAtOnce = 2000;

/** In the words of connectivityOf, as statements. */
async function countClusters({ store, clock, settings }: StateServices): Promise<ReadonlyMap<string, number>> {
  const now = clock.now();
  const at = (offsetMs: number): string => new Date(now.getTime() + offsetMs).toISOString();
  const connectivity = sql<string>`case
    when key_hash is null then 'AgentNotInstalled'
    when last_connectivity is null then 'Connecting'
    when certificate_expires <= ${now.toISOString()} then 'Expired'
    when last_connectivity > ${at(-settings.offlineAfterMs)} and last_connectivity < ${at(settings.offlineAfterMs)} then 'Connected'
    else 'Offline' end`;
  const counts = new Map<string, number>();
  for (let after = ""; ; ) {
    const rows = await store.read
      .selectFrom((from) =>
        from
          .selectFrom("cluster_status")
          .select(["cluster_key", connectivity.as("connectivity")])
          .where("cluster_key", ">", after)
          .orderBy("cluster_key")
          .limit(countedAtOnce)
          .as("some"),
      )
      .select(({ fn }) => ["connectivity", fn.countAll().as("count"), fn.max("cluster_key").as("last")])
      .groupBy("connectivity")
      .execute();
    let counted = 0;
    for (const { connectivity: name, count, last } of rows) {
      counted += Number(count);
      counts.set(name, (counts.get(name) ?? 0) + Number(count));
      if (last > after) after = last;
    }
    if (counted < countedAtOnce) return counts;
    await nextTurn();
  }
}
