import { sql } from "kysely";
import type { ClusterStatusTable } from "../db/resource-tables.ts";
import type { Store, Tx } from "../db/store.ts";

/**
 * Which generation of its desired state each cluster has. The number lives in the database; subscribers are told of changes as
 * a hint only, so that losing one costs a polling interval and nothing else. Other replicas are told by a message, and each looks
 * into the database for the clusters that it has subscribers of: seldom while messages arrive, every second while they do not.
 */
export interface Generations {
  /** The newest generation of a cluster (lower-case id); 0 for one that does not exist. */
  current(clusterKey: string): Promise<number>;
  /** Calls the listener after each committed change, until the returned function is called. */
  subscribe(clusterKey: string, listener: (generation: number) => void): () => void;
  /** Tells subscribers. Called after the commit. */
  announce(clusterKey: string, generation: number): void;
  close(): Promise<void>;
}

/** Raises the generation of a cluster in the transaction that changes one of its children, and returns it. */
export async function bumpGeneration(tx: Tx, clusterKey: string): Promise<number> {
  const row = await tx
    .updateTable("cluster_status")
    .set((eb) => ({ generation: eb("generation", "+", 1) }))
    .where("cluster_key", "=", clusterKey)
    .returning("generation")
    .executeTakeFirstOrThrow();
  return row.generation;
}

/**
 * The status of a new cluster. Its first generation is above every number that agents of one with the same name may have seen, and
 * above that of the record it takes over from.
 */
export async function insertClusterStatus(
  tx: Tx,
  status: Pick<ClusterStatusTable, "cluster_key" | "key_hash" | "moved_from">,
  above: number | undefined,
): Promise<void> {
  const ended = sql`select generation from retired_clusters where cluster_key = ${status.cluster_key}`;
  const before = sql`select cast(${above ?? null} as integer)`;
  const generation = sql<number>`(select coalesce(max(generation) + 1, 0) from (${ended} union all ${before}) as seen)`;
  await Promise.all([
    tx
      .insertInto("cluster_status")
      .values({ ...status, generation })
      .execute(),
    tx.deleteFrom("retired_clusters").where("cluster_key", "=", status.cluster_key).execute(),
  ]);
}

/** Remembers where the generations of a cluster ended, in the transaction that removes it. */
export async function retireGenerations(tx: Tx, clusterKey: string): Promise<void> {
  await tx
    .insertInto("retired_clusters")
    .columns(["cluster_key", "generation"])
    .expression((eb) =>
      eb.selectFrom("cluster_status").select(["cluster_key", "generation"]).where("cluster_key", "=", clusterKey),
    )
    .execute();
}

const lookMs = 1000;
const lookWithMessagesMs = 15_000;
const lookAtOnce = 500;
const prefix = "generation ";

export function createGenerations(store: Store): Generations {
  const listeners = new Map<string, Set<(generation: number) => void>>();
  const tell = (clusterKey: string, generation: number): void => {
    for (const listener of listeners.get(clusterKey) ?? []) listener(generation);
  };
  const stopListening = store.messages.listen((message) => {
    const [, generation, clusterKey] = /^generation (\d+) (.+)$/.exec(message) ?? [];
    if (clusterKey !== undefined) tell(clusterKey, Number(generation));
  });
  const look = async (): Promise<void> => {
    const keys = [...listeners.keys()];
    for (let at = 0; at < keys.length; at += lookAtOnce) {
      const rows = await store.read
        .selectFrom("cluster_status")
        .select(["cluster_key", "generation"])
        .where("cluster_key", "in", keys.slice(at, at + lookAtOnce))
        .execute();
      for (const row of rows) tell(row.cluster_key, row.generation);
    }
  };
  const looking = store.dialect === "postgres" ? lookRegularly(store, look) : undefined;

  return {
    async current(clusterKey) {
      const row = await store.read
        .selectFrom("cluster_status")
        .select("generation")
        .where("cluster_key", "=", clusterKey)
        .executeTakeFirst();
      return row?.generation ?? 0;
    },
    subscribe(clusterKey, listener) {
      const set = listeners.get(clusterKey) ?? new Set();
      listeners.set(clusterKey, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0 && listeners.get(clusterKey) === set) listeners.delete(clusterKey);
      };
    },
    announce(clusterKey, generation) {
      tell(clusterKey, generation);
      store.messages.send(`${prefix}${generation} ${clusterKey}`);
    },
    async close() {
      stopListening();
      await looking?.stop();
    },
  };
}

/** Also once after messages began to arrive again: what was sent before nobody heard. */
function lookRegularly(store: Store, look: () => Promise<void>): { stop(): Promise<void> } {
  let isStopped = false;
  let lookedAt = performance.now();
  let wasConnected = false;
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    const isConnected = store.messages.isConnected();
    const isQuiet = isConnected && wasConnected && performance.now() - lookedAt < lookWithMessagesMs;
    wasConnected = isConnected;
    if (isQuiet || isStopped || running !== undefined) return;
    lookedAt = performance.now();
    // A database that is away is told by whoever asks something of it.
    running = look()
      .catch(() => {})
      .finally(() => {
        running = undefined;
      });
  }, lookMs);
  timer.unref();
  return {
    async stop() {
      isStopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
