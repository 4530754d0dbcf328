import type { ArmError } from "@arcfleet/contract";
import { type Insertable, type Kysely, type Selectable, sql } from "kysely";
import { toEndRow } from "../activity/event.ts";
import type { ActivityLogTable } from "./activity-tables.ts";
import type { OperationsTable } from "./resource-tables.ts";
import type { Tx } from "./store.ts";
import type { Tables } from "./tables.ts";

export type OperationRow = Selectable<OperationsTable>;
export type NewOperation = Insertable<OperationsTable>;
export type FinalStatus = Exclude<OperationsTable["status"], "InProgress">;

export async function insertOperation(tx: Tx, row: NewOperation): Promise<void> {
  await tx.insertInto("operations").values(row).execute();
}

export const loadOperation = (db: Kysely<Tables>, id: string): Promise<OperationRow | undefined> =>
  db.selectFrom("operations").selectAll().where("id", "=", id).executeTakeFirst();

/** The newest operation of a resource that has not ended. */
export const runningOperation = (db: Kysely<Tables>, resourceKey: string): Promise<OperationRow | undefined> =>
  db
    .selectFrom("operations")
    .selectAll()
    .where("resource_key", "=", resourceKey)
    .where("status", "=", "InProgress")
    .orderBy("generation", "desc")
    .executeTakeFirst();

/** What runs on the children of a resource, newest first. */
export const listRunningBelow = (
  db: Kysely<Tables>,
  parentKey: string,
  limit: number,
): Promise<(OperationRow & { readonly type: string })[]> =>
  db
    .selectFrom("resources")
    .innerJoin("operations", "operations.resource_key", "resources.key")
    .selectAll("operations")
    .select("resources.type")
    .where("resources.parent_key", "=", parentKey)
    .where("operations.status", "=", "InProgress")
    .orderBy("operations.started_at", "desc")
    .limit(limit)
    .execute();

export interface EndOperations {
  readonly resourceKey: string;
  /** Only operations up to this generation: a late report never ends a newer one. */
  readonly upToGeneration?: number;
  readonly kinds?: readonly OperationsTable["kind"][];
  readonly status: FinalStatus;
  readonly error?: ArmError | undefined;
  readonly endedAt: string;
}

/** Ends the running operations of a resource, and says so in the activity log. */
export async function endOperations(tx: Tx, end: EndOperations): Promise<void> {
  let query = tx
    .updateTable("operations")
    .set({
      status: end.status,
      error: end.error ? JSON.stringify(end.error) : null,
      // Nothing ends before it began, also when the clock was set back meanwhile.
      ended_at: sql<string>`case when started_at > ${end.endedAt} then started_at else ${end.endedAt} end`,
    })
    .where("resource_key", "=", end.resourceKey)
    .where("status", "=", "InProgress");
  if (end.upToGeneration !== undefined) query = query.where("generation", "<=", end.upToGeneration);
  if (end.kinds) query = query.where("kind", "in", [...end.kinds]);
  const ended = await query.returning(["activity"]).execute();
  const events = ended.flatMap(({ activity }) => (activity === null ? [] : [endOf(activity, end)]));
  if (events.length > 0) await tx.insertInto("activity_log").values(events).execute();
}

function endOf(activity: string, { status, error, endedAt }: EndOperations): ActivityLogTable {
  // This service alone writes the column.
  const begun: ActivityLogTable = JSON.parse(activity);
  const cause = error && { code: error.code, message: error.message };
  return toEndRow(begun, {
    status: status === "Succeeded" ? "Succeeded" : "Failed",
    at: endedAt,
    ...(cause === undefined ? {} : { error: cause }),
  });
}
