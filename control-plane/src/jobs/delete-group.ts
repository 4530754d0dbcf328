import { removeAssignmentsAt } from "../authorization/role-assignments.ts";
import { endOperations } from "../db/operations.ts";
import { removeResource } from "../resources/remove-resource.ts";
import type { Services } from "../services.ts";

/** Small, so that other writes find their turn in between. */
const batchSize = 20;

/** Empties a resource group that is marked as being deleted, then removes it and ends its operation. Safe to repeat. */
export async function deleteGroup(services: Services, groupKey: string): Promise<void> {
  try {
    while (!(await deleteBatch(services, groupKey)));
  } catch (error) {
    services.log.error(
      { err: error, resourceId: groupKey },
      "deleting a resource group stopped; it goes on at the next start",
    );
  }
}

/** Takes up what an earlier process left. */
export async function resumeGroupDeletions(services: Services): Promise<void> {
  const groups = await services.store.read
    .selectFrom("resource_groups")
    .select("key")
    .where("state", "=", "Deleting")
    .execute();
  for (const { key } of groups) void deleteGroup(services, key);
}

const deleteBatch = (services: Services, groupKey: string): Promise<boolean> =>
  services.store.write(async (tx) => {
    const now = services.clock.now().toISOString();
    const resources = await tx
      .selectFrom("resources")
      .select(["key", "id", "type", "principal_id"])
      .where("group_key", "=", groupKey)
      .where("parent_key", "is", null)
      .limit(batchSize)
      .execute();
    for (const resource of resources) await removeResource(services, tx, resource, now);
    if (resources.length === batchSize) return false;
    await removeAssignmentsAt(tx, groupKey);
    await tx.deleteFrom("resource_groups").where("key", "=", groupKey).execute();
    await endOperations(tx, { resourceKey: groupKey, status: "Succeeded", endedAt: now });
    return true;
  });
