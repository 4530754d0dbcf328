import type { Store, Tx } from "../db/store.ts";

/**
 * Which generation of its desired state each cluster has. The number lives in the database; subscribers are told of changes as
 * a hint only, so that losing one costs a polling interval and nothing else.
 */
export interface Generations {
  /** The newest generation of a cluster (lower-case id); 0 for one that does not exist. */
  current(clusterKey: string): Promise<number>;
  /** Calls the listener after each committed change, until the returned function is called. */
  subscribe(clusterKey: string, listener: (generation: number) => void): () => void;
  /** Tells subscribers. Called after the commit. */
  announce(clusterKey: string, generation: number): void;
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

/** The first generation of a new cluster: above every number that agents of one with the same name may have seen. */
export async function firstGeneration(tx: Tx, clusterKey: string): Promise<number> {
  const retired = await tx
    .deleteFrom("retired_clusters")
    .where("cluster_key", "=", clusterKey)
    .returning("generation")
    .executeTakeFirst();
  return retired === undefined ? 0 : retired.generation + 1;
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

export function createGenerations(store: Store): Generations {
  const listeners = new Map<string, Set<(generation: number) => void>>();
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
      for (const listener of listeners.get(clusterKey) ?? []) listener(generation);
    },
  };
}
