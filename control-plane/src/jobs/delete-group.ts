import { removeAssignmentsAt } from "../authorization/role-assignments.ts";
import { endOperations } from "../db/operations.ts";
import { removeResource } from "../resources/remove-resource.ts";
import type { Services } from "../services.ts";
import type { Lease } from "./leases.ts";

/** Small, so that other writes find their turn in between. */
const batchSize = 20;

/**
 * Empties a resource group that is marked as being deleted, then removes it and ends its operation. Safe to repeat; one replica at a
 * time does it, and resume.ts begins again what was left.
 */
export async function deleteGroup(services: Services, groupKey: string): Promise<void> {
  try {
    await services.leases.hold(`delete-group:${groupKey}`, async (lease) => {
      while (!lease.signal.aborted && !(await deleteBatch(services, groupKey, lease)));
    });
  } catch (error) {
    services.log.error(
      { err: error, resourceId: groupKey },
      "deleting a resource group stopped; it is taken up again in a moment",
    );
  }
}

const deleteBatch = (services: Services, groupKey: string, lease: Lease): Promise<boolean> =>
  services.store.write(async (tx) => {
    await lease.confirm(tx);
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
    await tx.deleteFrom("deployments").where("group_key", "=", groupKey).execute();
    await tx.deleteFrom("resource_groups").where("key", "=", groupKey).execute();
    await endOperations(tx, { resourceKey: groupKey, status: "Succeeded", endedAt: now });
    return true;
  });
