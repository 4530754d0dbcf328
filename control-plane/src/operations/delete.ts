import { insertOperation, runningOperation } from "../db/operations.ts";
import { loadResource, type ResourceRow, updateResource } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import { bumpGeneration } from "../desired/generation.ts";
import { readJsonColumn } from "../json.ts";
import { onboardingKeyOf } from "../resources/connected-cluster.ts";
import { removeResource } from "../resources/remove-resource.ts";
import type { Services } from "../services.ts";
import { announce } from "./put.ts";
import { checkPreconditions, type VerbAnswer, type VerbRequest } from "./verb.ts";
import { newOperation } from "./write-resource.ts";

/**
 * DELETE. A cluster goes at once with everything below it: the agents are removed from the cluster by whoever attached it. A child
 * stays as `Deleting` until the agents report that it is gone from the cluster; where no agent has ever been there
 * is nothing to wait for, and `forceDelete=true` does not wait either.
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
  const isWaiting = parent !== undefined && !request.isForced && hasSeenAgents(parent);
  const running = isWaiting && existing.state === "Deleting" ? await runningOperation(tx, target.key) : undefined;
  if (running) return { outcome: "accepted", operation: running };

  const now = services.clock.now().toISOString();
  const generation = target.parentKey === undefined ? 0 : await bumpGeneration(tx, target.parentKey);
  if (!isWaiting) {
    await removeResource(services, tx, existing, now);
    const operation = newOperation(request, { ...existing, state: "Succeeded", generation }, "delete", now);
    await insertOperation(tx, operation);
    return { outcome: "accepted", operation, generation };
  }

  // A deletion that failed is tried again by a new generation.
  const changes = { state: "Deleting", generation, correlation_id: request.correlationId, modified_at: now };
  const operation = newOperation(request, { ...existing, ...changes }, "delete", now);
  await Promise.all([updateResource(tx, target.key, changes), insertOperation(tx, operation)]);
  return { outcome: "accepted", operation, generation };
}

/** Only agents that have reported at least once can have brought anything into the cluster. */
const hasSeenAgents = (cluster: ResourceRow): boolean =>
  cluster.last_connectivity !== null && onboardingKeyOf(readJsonColumn(cluster.properties)) !== "";
