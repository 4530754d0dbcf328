/** Tags of the subscription, of a group or of a resource, as one thing of its own: read and changed without the rest. */
import { parseResourceId, type ResourceDefinition, resourceKey } from "@arcfleet/contract";
import type { HttpRequestInfo } from "../activity/event.ts";
import { recordDone } from "../activity/record-operation.ts";
import { targetOf } from "../arm/target.ts";
import { loadResource, loadResourceGroup } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { readJsonColumn } from "../json.ts";
import type { Services } from "../services.ts";
import { announce } from "./put.ts";
import { groupNotFound, refuseWhileDeleting as refuseWhileGroupGoes } from "./resource-groups.ts";
import { changeTags, type TagMap, type TagOperation, tagsOf } from "./tag-changes.ts";
import { checkPreconditions, notFound, refuseWhileDeleting, type VerbRequest } from "./verb.ts";
import { updateExisting } from "./write-resource.ts";

/** Whose tags. */
export interface Tagged {
  readonly id: string;
  /** Present for a resource. */
  readonly definition?: ResourceDefinition;
  /** Present for a group and a resource. */
  readonly groupName?: string;
}

export interface TagChange {
  readonly operation: TagOperation;
  readonly tags: TagMap;
  readonly caller: Caller;
  readonly correlationId: string;
  readonly ifMatch?: string | undefined;
  readonly http?: HttpRequestInfo | undefined;
}

/** The tags afterwards, and whether the activity log holds the change already. */
export interface TagsAfter {
  readonly tags: TagMap;
  readonly isRecorded: boolean;
}

export async function readTags(services: Services, tagged: Tagged): Promise<TagMap> {
  const { read } = services.store;
  const key = resourceKey(tagged.id);
  if (tagged.definition !== undefined) {
    const row = await loadResource(read, key);
    if (!row) throw notFound(targetOf(tagged.definition, parseResourceId(tagged.id)));
    return tagsOf(row);
  }
  if (tagged.groupName !== undefined) {
    const group = await loadResourceGroup(read, key);
    if (!group) throw groupNotFound(tagged.groupName);
    return tagsOf(group);
  }
  return subscriptionTags(read, key);
}

export function writeTagsOf(services: Services, tagged: Tagged, change: TagChange): Promise<TagsAfter> {
  if (tagged.definition !== undefined) return changeOfResource(services, tagged.id, tagged.definition, change);
  if (tagged.groupName !== undefined) return changeOfGroup(services, tagged.id, tagged.groupName, change);
  return changeOfSubscription(services, tagged.id, change);
}

async function subscriptionTags(db: Tx, key: string): Promise<TagMap> {
  const row = await db
    .selectFrom("subscription_tags")
    .select("tags")
    .where("subscription_key", "=", key)
    .executeTakeFirst();
  return row === undefined ? {} : tagsOf(row);
}

/** The same write as a PATCH of the resource: its ETag changes and an operation is recorded, unless nothing changes. */
async function changeOfResource(
  services: Services,
  id: string,
  definition: ResourceDefinition,
  { operation, tags, ...by }: TagChange,
): Promise<TagsAfter> {
  if (!definition.tracked) {
    throw new DomainError(
      "OperationNotSupported",
      `A ${definition.singular} has no tags. Tag what it belongs to, or its resource group.`,
    );
  }
  const target = targetOf(definition, parseResourceId(id));
  const request: VerbRequest = { target, ...by };
  const answer = await services.store.write(async (tx) => {
    const existing = await loadResource(tx, target.key);
    if (!existing) throw notFound(target);
    checkPreconditions(request, existing);
    refuseWhileDeleting(target, existing);
    const properties = readJsonColumn(existing.properties);
    const wanted = {
      tags: changeTags(tagsOf(existing), operation, tags),
      location: existing.location,
      properties,
      rawProperties: properties,
      resolved: existing.resolved === null ? null : readJsonColumn(existing.resolved),
    };
    return updateExisting(services, tx, request, wanted, existing, "patch");
  });
  announce(services, request, answer);
  return { tags: answer.row === undefined ? {} : tagsOf(answer.row), isRecorded: answer.isRecorded === true };
}

const changeOfGroup = (services: Services, id: string, name: string, change: TagChange): Promise<TagsAfter> =>
  services.store.write(async (tx) => {
    const group = await loadResourceGroup(tx, resourceKey(id));
    if (!group) throw groupNotFound(name);
    refuseWhileGroupGoes(group);
    const after = changeTags(tagsOf(group), change.operation, change.tags);
    const text = JSON.stringify(after);
    await tx.updateTable("resource_groups").set({ tags: text }).where("key", "=", group.key).execute();
    await recordTags(services, tx, group.id, change);
    return { tags: after, isRecorded: true };
  });

const changeOfSubscription = (services: Services, id: string, change: TagChange): Promise<TagsAfter> =>
  services.store.write(async (tx) => {
    const key = resourceKey(id);
    const after = changeTags(await subscriptionTags(tx, key), change.operation, change.tags);
    const text = JSON.stringify(after);
    await tx
      .insertInto("subscription_tags")
      .values({ subscription_key: key, tags: text })
      .onConflict((conflict) => conflict.column("subscription_key").doUpdateSet({ tags: text }))
      .execute();
    await recordTags(services, tx, id, change);
    return { tags: after, isRecorded: true };
  });

/** Of a resource the change is a write of the resource; what has no ETag says that its tags were written. */
const recordTags = (services: Services, tx: Tx, scope: string, change: TagChange): Promise<void> =>
  recordDone(
    services,
    tx,
    {
      resourceId: `${scope}/providers/Microsoft.Resources/tags/default`,
      action: "Microsoft.Resources/tags/write",
      httpStatus: 200,
    },
    change,
  );
