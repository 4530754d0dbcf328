import { parseResourceId, typeOf } from "@arcfleet/contract";
import { recordOperation } from "../activity/record-operation.ts";
import { authorizerIn } from "../authorization/authorize.ts";
import { runningOperation } from "../db/operations.ts";
import { loadResource, type ResourceRow, updateResource } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { bumpGeneration } from "../desired/generation.ts";
import { DomainError } from "../errors.ts";
import { readJsonColumn } from "../json.ts";
import { hooksOf } from "../resources/hooks.ts";
import { hasChildLike, keeperOf } from "../resources/moved-clusters.ts";
import { onboardingKeyOf } from "../resources/onboarding-key.ts";
import { removeResource } from "../resources/remove-resource.ts";
import type { Services } from "../services.ts";
import { announce } from "./put.ts";
import { checkPreconditions, type VerbAnswer, type VerbRequest } from "./verb.ts";
import { newOperation } from "./write-resource.ts";

/**
 * DELETE. A cluster goes at once with everything below it: the agents are removed from the cluster by whoever attached it. A child
 * stays as `Deleting` until the agents report that it is gone from the cluster; where no agent has ever been there
 * is nothing to wait for, and `forceDelete=true` does not wait either. Of a cluster that was moved, the agents belong to the new
 * record: they remove what the new record does not have, and what it has stays on the cluster.
 */
export async function remove(services: Services, request: VerbRequest): Promise<VerbAnswer> {
  const answer = await services.store.write((tx) => removeInTransaction(services, tx, request));
  announce(services, request, answer);
  return answer;
}

async function removeInTransaction(services: Services, tx: Tx, request: VerbRequest): Promise<VerbAnswer> {
  const { target } = request;
  const [existing, parent] = await Promise.all([
    loadResource(tx, target.key),
    target.parentKey === undefined ? undefined : loadResource(tx, target.parentKey),
  ]);
  checkPreconditions(request, existing);
  if (!existing) return { outcome: "absent" };
  await hooksOf(target.definition).refuseRemoval?.(tx, target.key, {
    caller: request.caller,
    within: target.key,
  });
  if (!request.isForced) await hooksOf(target.definition).beforeDelete?.(tx, existing);
  const keeper = parent && (await keeperOf(tx, parent));
  const isTakenOver =
    keeper !== undefined && keeper.key !== parent?.key && (await hasChildLike(tx, keeper.key, existing));
  const isWaiting = keeper !== undefined && !request.isForced && !isTakenOver && hasSeenAgents(keeper);
  const running = isWaiting && existing.state === "Deleting" ? await runningOperation(tx, target.key) : undefined;
  if (running) return { outcome: "accepted", operation: running };

  const now = services.clock.now().toISOString();
  const generation = keeper === undefined ? 0 : await bumpGeneration(tx, keeper.key);
  const announced = { generation, ...(keeper === undefined ? {} : { keeper: keeper.key }) };
  if (!isWaiting) {
    if (request.isForced) await removeDependants(services, tx, request, existing, now);
    await removeResource(services, tx, existing, now);
    const operation = newOperation(request, { ...existing, state: "Succeeded", generation }, "delete", now);
    await recordOperation(services, tx, operation, request, 202);
    return { outcome: "accepted", operation, ...announced, isRecorded: true };
  }

  // A deletion that failed is tried again by a new generation.
  const changes = { state: "Deleting", generation, correlation_id: request.correlationId, modified_at: now };
  const operation = newOperation(request, { ...existing, ...changes }, "delete", now);
  await Promise.all([updateResource(tx, target.key, changes), recordOperation(services, tx, operation, request, 202)]);
  return { outcome: "accepted", operation, ...announced, isRecorded: true };
}

/** All of them or, when the caller may not delete one, none: a record must not stand on what is gone, nor force reach further than a role. */
async function removeDependants(
  services: Services,
  tx: Tx,
  { caller, target }: VerbRequest,
  { id, key }: ResourceRow,
  now: string,
): Promise<void> {
  const dependants = (await hooksOf(target.definition).dependants?.(tx, key)) ?? [];
  const access = authorizerIn(tx);
  for (const dependant of dependants) {
    if (await access.isAllowed(caller, `${typeOf(parseResourceId(dependant.id))}/delete`, dependant.id)) continue;
    throw new DomainError(
      "ResourceInUse",
      `'${id}' cannot be deleted, by force neither, while resources need it that you may not delete. Have these deleted first.`,
      { internal: `'${dependant.id}' needs it` },
    );
  }
  for (const dependant of dependants) await removeResource(services, tx, dependant, now);
}

/** Only agents that have reported at least once can have brought anything into the cluster. */
const hasSeenAgents = (cluster: ResourceRow): boolean =>
  cluster.last_connectivity !== null && onboardingKeyOf(readJsonColumn(cluster.properties)) !== "";
