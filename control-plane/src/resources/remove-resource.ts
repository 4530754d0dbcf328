import { findDefinition } from "@arcfleet/contract";
import { removeAssignmentsAt } from "../authorization/role-assignments.ts";
import { endOperations } from "../db/operations.ts";
import type { Tx } from "../db/store.ts";
import type { Services } from "../services.ts";
import { hooksOf } from "./hooks.ts";
import type { Removable } from "./resource-hooks.ts";

/** Removes a resource with all that belongs to it: children, tags, identity, status. Its operations stay to be polled. */
export async function removeResource(
  services: Pick<Services, "identities">,
  tx: Tx,
  resource: Removable,
  now: string,
): Promise<void> {
  const children = await tx
    .selectFrom("resources")
    .select(["key", "id", "type", "principal_id"])
    .where("parent_key", "=", resource.key)
    .execute();
  for (const child of children) await removeResource(services, tx, child, now);
  const definition = findDefinition(resource.type);
  await Promise.all([
    // Deletions reached what they wanted; whatever else was running cannot end any more.
    endOperations(tx, { resourceKey: resource.key, kinds: ["delete"], status: "Succeeded", endedAt: now }),
    endOperations(tx, {
      resourceKey: resource.key,
      kinds: ["put", "patch"],
      status: "Canceled",
      error: { code: "ResourceNotFound", message: `'${resource.id}' was deleted before this operation ended.` },
      endedAt: now,
    }),
    resource.principal_id === null ? undefined : services.identities.removeIdentity(tx, resource.id),
    removeAssignmentsAt(tx, resource.key),
    tx.deleteFrom("resource_tags").where("resource_key", "=", resource.key).execute(),
    definition === undefined ? undefined : hooksOf(definition).beforeRemove?.(tx, resource.key),
  ]);
  await tx.deleteFrom("resources").where("key", "=", resource.key).execute();
}
