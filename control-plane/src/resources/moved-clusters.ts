/**
 * Records of one cluster during a region move. The new record names the old one (`movedFrom`), and from the new one's first
 * heartbeat on its agents look after what both of them hold. Almost no cluster is moving: each question is one indexed read then.
 */
import type { Kysely } from "kysely";
import { loadResource, type ResourceRow } from "../db/resources.ts";
import type { Tables } from "../db/tables.ts";
import { findPredecessor } from "./check-move.ts";
import type { SavedResource } from "./resource-hooks.ts";

type Database = Kysely<Tables>;

/** The records that a cluster had before this one and that are still there, the nearest first. */
export async function predecessorsOf(db: Database, clusterKey: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let at = await movedFrom(db, clusterKey); at !== undefined; at = await movedFrom(db, at)) found.push(at);
  return found;
}

const movedFrom = async (db: Database, clusterKey: string): Promise<string | undefined> => {
  const select = db.selectFrom("cluster_status").select("moved_from").where("cluster_key", "=", clusterKey);
  return (await select.executeTakeFirst())?.moved_from ?? undefined;
};

interface Successor {
  readonly cluster_key: string;
  readonly key_hash: string | null;
  readonly last_connectivity: string | null;
}

/** The records that were made from this one, directly or by further moves. */
async function successorsOf(db: Database, clusterKey: string): Promise<readonly Successor[]> {
  const next = await db
    .selectFrom("cluster_status")
    .select(["cluster_key", "key_hash", "last_connectivity"])
    .where("moved_from", "=", clusterKey)
    .execute();
  const further = await Promise.all(next.map(({ cluster_key }) => successorsOf(db, cluster_key)));
  return [...next, ...further.flat()];
}

/** Whether a record that is being written is of the same cluster as another: both come from one record, or one from the other. */
export async function areOfOneCluster(db: Database, written: SavedResource, other: string): Promise<boolean> {
  const line = new Set([written.key, ...(await predecessorsOf(db, written.key))]);
  // A new one has no status yet that tells where it comes from.
  const before = await findPredecessor(db, written);
  if (before !== undefined) {
    line.add(before.cluster_key);
    for (const key of await predecessorsOf(db, before.cluster_key)) line.add(key);
  }
  return [other, ...(await predecessorsOf(db, other))].some((key) => line.has(key));
}

/** The record whose agents look after what is below a cluster: its own, or since a move those of the newest that connected. */
export async function keeperOf(db: Database, cluster: ResourceRow): Promise<ResourceRow> {
  const [newest] = (await successorsOf(db, cluster.key))
    .filter(({ last_connectivity }) => last_connectivity !== null)
    .sort((a, b) => (String(a.last_connectivity) < String(b.last_connectivity) ? 1 : -1));
  return (newest && (await loadResource(db, newest.cluster_key))) ?? cluster;
}

/** Whether a record made from this one is to get the agents, and none has got them yet. */
export async function awaitsAgents(db: Database, clusterKey: string): Promise<boolean> {
  const successors = await successorsOf(db, clusterKey);
  return (
    successors.some(({ key_hash }) => key_hash !== null) &&
    successors.every(({ last_connectivity }) => last_connectivity === null)
  );
}

/** The id that a child of one cluster has below another. */
const keyBelow = (child: Pick<ResourceRow, "key" | "parent_key">, clusterKey: string): string =>
  `${clusterKey}${child.key.slice(child.parent_key?.length ?? 0)}`;

/** Whether a cluster has a child of the same type and name as one of another record. */
export async function hasChildLike(
  db: Database,
  clusterKey: string,
  child: Pick<ResourceRow, "key" | "parent_key">,
): Promise<boolean> {
  const key = keyBelow(child, clusterKey);
  return (await db.selectFrom("resources").select("key").where("key", "=", key).executeTakeFirst()) !== undefined;
}

/** Children of a moved cluster that none of the records made from it has. */
export async function childrenLeftBehind(
  db: Database,
  clusterKey: string,
): Promise<readonly Pick<ResourceRow, "id" | "name" | "type">[]> {
  const successors = await successorsOf(db, clusterKey);
  const children = await db
    .selectFrom("resources")
    .select(["key", "parent_key", "id", "name", "type"])
    .where("parent_key", "=", clusterKey)
    .orderBy("key")
    .execute();
  const left = await Promise.all(
    children.map(async (child) => {
      const found = await Promise.all(successors.map(({ cluster_key }) => hasChildLike(db, cluster_key, child)));
      return found.includes(true) ? [] : [child];
    }),
  );
  return left.flat();
}

/** Joins the records on both sides of one that is removed. */
export async function closeGap(db: Database, clusterKey: string): Promise<void> {
  await db
    .updateTable("cluster_status")
    .set({ moved_from: (await movedFrom(db, clusterKey)) ?? null })
    .where("moved_from", "=", clusterKey)
    .execute();
}
