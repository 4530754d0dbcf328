import type { Kysely, Selectable } from "kysely";
import type { ResourceGroupsTable, ResourcesTable } from "./resource-tables.ts";
import type { Tx } from "./store.ts";
import type { Tables } from "./tables.ts";

/** A resource together with what its cluster last said; the status columns are null for anything but a cluster. */
export interface ResourceRow extends Selectable<ResourcesTable> {
  readonly key_hash: string | null;
  readonly last_connectivity: string | null;
  readonly certificate_expires: string | null;
  readonly metadata: string | null;
  /** The id of the record that a region move made from this one. */
  readonly moved_to: string | null;
}

export type ResourceGroupRow = Selectable<ResourceGroupsTable>;

/** The base of every read of resources. */
export const selectResources = (db: Kysely<Tables>) =>
  db
    .selectFrom("resources")
    .leftJoin("cluster_status", "cluster_status.cluster_key", "resources.key")
    .selectAll("resources")
    .select([
      "cluster_status.key_hash",
      "cluster_status.last_connectivity",
      "cluster_status.certificate_expires",
      "cluster_status.metadata",
    ])
    .select((eb) =>
      eb
        .selectFrom("cluster_status as successor_status")
        .innerJoin("resources as successor", "successor.key", "successor_status.cluster_key")
        .select("successor.id")
        .whereRef("successor_status.moved_from", "=", "resources.key")
        .limit(1)
        .as("moved_to"),
    );

export const loadResource = (db: Kysely<Tables>, key: string): Promise<ResourceRow | undefined> =>
  selectResources(db).where("resources.key", "=", key).executeTakeFirst();

export const loadResourceGroup = (db: Kysely<Tables>, key: string): Promise<ResourceGroupRow | undefined> =>
  db.selectFrom("resource_groups").selectAll().where("key", "=", key).executeTakeFirst();

export async function insertResource(tx: Tx, row: ResourcesTable): Promise<void> {
  await tx.insertInto("resources").values(row).execute();
}

export async function updateResource(tx: Tx, key: string, changes: Partial<ResourcesTable>): Promise<void> {
  await tx.updateTable("resources").set(changes).where("key", "=", key).execute();
}

export type Tags = Readonly<Record<string, string>>;

/**
 * Brings the tag rows in line. Only what differs is touched, because rewriting all costs almost half of a write, and because what is
 * looked for in vain clashes, over PostgreSQL, with those who write beside it.
 */
export async function writeTags(tx: Tx, key: string, before: Tags, after: Tags): Promise<void> {
  const [old, wanted] = [tagRows(before), tagRows(after)];
  const gone = [...old.keys()].filter((name) => !wanted.has(name));
  const changed = [...wanted].filter(([name, value]) => old.get(name) !== value);
  const removed =
    gone.length === 0
      ? undefined
      : tx.deleteFrom("resource_tags").where("resource_key", "=", key).where("name", "in", gone).execute();
  const values = changed.map(([name, value]) => ({ resource_key: key, name, value }));
  const written =
    values.length === 0
      ? undefined
      : tx
          .insertInto("resource_tags")
          .values(values)
          .onConflict((row) =>
            row.columns(["resource_key", "name"]).doUpdateSet((eb) => ({ value: eb.ref("excluded.value") })),
          )
          .execute();
  await Promise.all([removed, written]);
}

/** Names are case-insensitive in ARM: two that differ in case only are one, and the last one wins. */
const tagRows = (tags: Tags): ReadonlyMap<string, string> =>
  new Map(Object.entries(tags).map(([name, value]) => [name.toLowerCase(), value.toLowerCase()]));
