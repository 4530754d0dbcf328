/** The charts of registered extension types in the database. */
import { type Kysely, sql } from "kysely";
import type { Tx } from "../db/store.ts";
import type { Tables } from "../db/tables.ts";

export interface OwnChart {
  readonly version: string;
  /** All of `Chart.yaml` as JSON. */
  readonly chartJson: string;
  /** Of the .tgz. */
  readonly archiveDigest: string;
  readonly archiveBytes: number;
}

/** The lower-case id of the type of that name. */
export async function findTypeKey(
  db: Kysely<Tables>,
  subscriptionKey: string,
  name: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom("extension_types")
    .select("resource_key")
    .where("subscription_key", "=", subscriptionKey)
    .where("name", "=", name.toLowerCase())
    .executeTakeFirst();
  return row?.resource_key;
}

/** The charts that versions of the type name, without their archives. */
export async function listOwnCharts(db: Kysely<Tables>, typeKey: string): Promise<OwnChart[]> {
  const rows = await db
    .selectFrom("extension_charts")
    .select(["chart_version", "chart_json", "archive_digest", sql<number>`length(archive)`.as("bytes")])
    .where("type_key", "=", typeKey)
    .where("is_registered", "=", 1)
    .execute();
  return rows.map((row) => ({
    version: row.chart_version,
    chartJson: row.chart_json,
    archiveDigest: row.archive_digest,
    archiveBytes: row.bytes,
  }));
}

export async function readArchive(db: Kysely<Tables>, typeKey: string, archiveDigest: string): Promise<Buffer> {
  const row = await db
    .selectFrom("extension_charts")
    .select("archive")
    .where("type_key", "=", typeKey)
    .where("archive_digest", "=", archiveDigest)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`the chart ${archiveDigest} of ${typeKey} was removed a moment ago`);
  return Buffer.from(row.archive);
}

/** Whether a chart was uploaded for a type, whether or not the type exists. */
export async function hasChart(db: Kysely<Tables>, typeKey: string, digest: string): Promise<boolean> {
  const row = await db
    .selectFrom("extension_charts")
    .select("digest")
    .where("type_key", "=", typeKey)
    .where("digest", "=", digest)
    .executeTakeFirst();
  return row !== undefined;
}

export async function countCharts(tx: Tx, typeKey: string): Promise<number> {
  const row = await tx
    .selectFrom("extension_charts")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("type_key", "=", typeKey)
    .executeTakeFirstOrThrow();
  return row.count;
}
