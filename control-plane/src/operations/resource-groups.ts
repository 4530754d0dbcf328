import { randomUUID } from "node:crypto";
import { findDefinition, fullType, normalizeLocation, resourceGroup } from "@arcfleet/contract";
import type { HttpRequestInfo } from "../activity/event.ts";
import { recordDone, recordOperation } from "../activity/record-operation.ts";
import { type Filter, type Filterable, matchesFilter } from "../arm/odata-filter.ts";
import { groupId } from "../arm/target.ts";
import type { Reach } from "../authorization/authorize.ts";
import { type NewOperation, runningOperation } from "../db/operations.ts";
import { loadResourceGroup, type ResourceGroupRow } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { DomainError, invalidContent } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { deleteGroup } from "../jobs/delete-group.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { hooksOf, neededTypes, refuseGroupRemoval } from "../resources/hooks.ts";
import type { Services } from "../services.ts";
import { parseLocation, parseTags } from "./parse-body.ts";

export interface GroupRequest {
  readonly name: string;
  readonly correlationId: string;
  readonly caller: Caller;
  readonly http?: HttpRequestInfo | undefined;
  readonly body?: JsonObject;
}

export const groupKey = (services: Services, name: string): string =>
  groupId(services.subscriptionId, name).toLowerCase();

export const groupNotFound = (name: string): DomainError =>
  new DomainError("ResourceGroupNotFound", `Resource group '${name}' could not be found.`);

export async function getGroup(services: Services, name: string): Promise<ResourceGroupRow> {
  const row = await loadResourceGroup(services.store.read, groupKey(services, name));
  if (!row) throw groupNotFound(name);
  return row;
}

export async function putGroup(
  services: Services,
  request: GroupRequest,
): Promise<{ readonly row: ResourceGroupRow; readonly isNew: boolean; readonly isRecorded: boolean }> {
  const { name, body = {} } = request;
  if (!resourceGroup.name.pattern.test(name)) {
    throw new DomainError(
      "InvalidResourceName",
      `'${name}' is not a name for a resource group: ${resourceGroup.name.rule}.`,
    );
  }
  const location = parseLocation("resource group", body.location);
  const tags = JSON.stringify(parseTags(body.tags));
  const id = groupId(services.subscriptionId, name);
  return services.store.write(async (tx) => {
    const existing = await loadResourceGroup(tx, id.toLowerCase());
    if (!existing) {
      const row: ResourceGroupRow = {
        key: id.toLowerCase(),
        id,
        name,
        subscription_key: `/subscriptions/${services.subscriptionId}`.toLowerCase(),
        location,
        tags,
        managed_by: parseManagedBy(body.managedBy),
        state: "Succeeded",
        created_at: services.clock.now().toISOString(),
      };
      await tx.insertInto("resource_groups").values(row).execute();
      await recordGroup(services, tx, row, request, 201);
      return { row, isNew: true, isRecorded: true };
    }
    refuseWhileDeleting(existing);
    if (existing.location !== normalizeLocation(location)) {
      throw new DomainError(
        "InvalidResourceLocation",
        `The resource group '${existing.name}' exists in '${existing.location}' and cannot be moved to '${location}'.`,
      );
    }
    // Fixed at creation, as in ARM; left out it stays.
    const managed_by = body.managedBy === undefined ? existing.managed_by : parseManagedBy(body.managedBy);
    if (managed_by !== existing.managed_by) {
      throw new DomainError(
        "PropertyChangeNotAllowed",
        `'managedBy' of the resource group '${existing.name}' is fixed at creation: it is ${JSON.stringify(existing.managed_by)} and cannot become ${JSON.stringify(managed_by)}.`,
        { target: "managedBy" },
      );
    }
    if (existing.tags !== tags) {
      await tx.updateTable("resource_groups").set({ tags }).where("key", "=", existing.key).execute();
      await recordGroup(services, tx, existing, request, 200);
    }
    return { row: { ...existing, tags }, isNew: false, isRecorded: existing.tags !== tags };
  });
}

export async function patchGroup(services: Services, request: GroupRequest): Promise<ResourceGroupRow> {
  const { name, body = {} } = request;
  return services.store.write(async (tx) => {
    const existing = await loadResourceGroup(tx, groupKey(services, name));
    if (!existing) throw groupNotFound(name);
    refuseWhileDeleting(existing);
    const tags = body.tags === undefined ? existing.tags : JSON.stringify(parseTags(body.tags));
    await tx.updateTable("resource_groups").set({ tags }).where("key", "=", existing.key).execute();
    await recordGroup(services, tx, existing, request, 200);
    return { ...existing, tags };
  });
}

const recordGroup = (
  services: Services,
  tx: Tx,
  { id }: Pick<ResourceGroupRow, "id">,
  request: GroupRequest,
  httpStatus: number,
): Promise<void> =>
  recordDone(
    services,
    tx,
    { resourceId: id, action: "Microsoft.Resources/subscriptions/resourceGroups/write", httpStatus },
    request,
  );

/** Marks the group and starts the job that empties it; the mark makes the job go on after a restart. */
export async function removeGroup(
  services: Services,
  request: GroupRequest,
): Promise<{ readonly id: string; readonly isNew: boolean } | undefined> {
  const operation = await services.store.write(async (tx) => {
    const existing = await loadResourceGroup(tx, groupKey(services, request.name));
    if (!existing) return undefined;
    const running = existing.state === "Deleting" ? await runningOperation(tx, existing.key) : undefined;
    if (running) return { id: running.id, isNew: false };
    await refuseNeeded(tx, existing.key, request.caller);
    await refuseGroupRemoval(tx, existing.key);
    const started: NewOperation = {
      id: randomUUID(),
      resource_key: existing.key,
      resource_id: existing.id,
      kind: "delete",
      status: "InProgress",
      generation: 0,
      error: null,
      correlation_id: request.correlationId,
      started_at: services.clock.now().toISOString(),
      ended_at: null,
    };
    await tx.updateTable("resource_groups").set({ state: "Deleting" }).where("key", "=", existing.key).execute();
    await recordOperation(services, tx, started, request, 202);
    return { id: started.id, isNew: true };
  });
  if (operation) void deleteGroup(services, groupKey(services, request.name));
  return operation;
}

/** Refuses when a resource of the group is needed from outside of it. */
async function refuseNeeded(tx: Tx, group: string, caller: Caller): Promise<void> {
  const needed = await tx
    .selectFrom("resources")
    .select(["key", "type"])
    .where("group_key", "=", group)
    .where("type", "in", [...neededTypes])
    .execute();
  for (const { key, type } of needed) {
    const definition = findDefinition(type);
    if (definition) await hooksOf(definition).refuseRemoval?.(tx, key, { caller, within: group });
  }
}

export async function listGroups(
  services: Services,
  query: {
    readonly filter: Filter | undefined;
    /** What the caller may see of them. */
    readonly reach: Reach;
    readonly pageSize: number;
    readonly after?: string;
  },
): Promise<{ readonly rows: ResourceGroupRow[]; readonly next?: string }> {
  const { filter, reach, pageSize, after = "" } = query;
  const visible = reach === "everywhere" ? undefined : new Set(reach);
  const isVisible = ({ key }: ResourceGroupRow): boolean => visible?.has(key) ?? true;
  const rows: ResourceGroupRow[] = [];
  let last = after;
  // Groups are few; their tags are not indexed, so pages are filled by reading on.
  for (;;) {
    const batch = await services.store.read
      .selectFrom("resource_groups")
      .selectAll()
      .where("subscription_key", "=", `/subscriptions/${services.subscriptionId}`.toLowerCase())
      .where("key", ">", last)
      .orderBy("key")
      .limit(pageSize)
      .execute();
    for (const row of batch) {
      last = row.key;
      if (isVisible(row) && matchesFilter(filter, filterable(row))) rows.push(row);
      if (rows.length === pageSize) return { rows, next: last };
    }
    if (batch.length < pageSize) return { rows };
  }
}

const filterable = (row: ResourceGroupRow): Filterable => ({
  resourceGroup: row.name,
  resourceType: fullType(resourceGroup),
  name: row.name,
  location: row.location,
  tags: readJsonColumn(row.tags),
});

/** The id of the resource that manages the group; kept for those who ask, nothing follows from it here. */
function parseManagedBy(raw: unknown): string | null {
  if (raw === undefined || raw === null || raw === "") return null;
  if (typeof raw === "string" && raw.length <= 2048) return raw;
  throw invalidContent("'managedBy' must be the id of a resource, with at most 2048 characters.");
}

export function refuseWhileDeleting(row: ResourceGroupRow): void {
  if (row.state !== "Deleting") return;
  throw new DomainError(
    "ResourceGroupBeingDeleted",
    `The resource group '${row.name}' is being deleted. Wait until it is gone, then repeat the request.`,
  );
}

export const presentGroup = (row: ResourceGroupRow): JsonObject => ({
  id: row.id,
  name: row.name,
  type: fullType(resourceGroup),
  location: row.location,
  tags: readJsonColumn(row.tags),
  ...(row.managed_by === null ? {} : { managedBy: row.managed_by }),
  properties: { provisioningState: row.state },
});
