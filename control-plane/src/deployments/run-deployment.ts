/**
 * Brings a deployment to its end: writes each resource through the same verb as a request would, with the rights of whoever asked, as
 * soon as what it depends on is there. All of it is in the database, so that another process can go on where one was stopped; to write
 * a resource twice changes nothing.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type ArmError, findDefinition, fullType, isTerminal, parseResourceId, typeOf } from "@arcfleet/contract";
import { targetOf } from "../arm/target.ts";
import { endOperations, loadOperation } from "../db/operations.ts";
import { DomainError } from "../errors.ts";
import type { Lease } from "../jobs/leases.ts";
import { put } from "../operations/put.ts";
import type { Services } from "../services.ts";
import type { PlannedResource } from "./plan.ts";
import { type DeploymentStep, DeploymentSteps, planContext, SealedPlan } from "./steps.ts";

const shortestWaitMs = 200;
const longestWaitMs = 3000;

export async function runDeployment(services: Services, key: string): Promise<void> {
  try {
    await services.leases.hold(`deployment:${key}`, async (lease) => {
      let waitMs = shortestWaitMs;
      while (!lease.signal.aborted && !(await advance(services, key, lease))) {
        await delay(waitMs, undefined, { signal: lease.signal }).catch(() => {});
        waitMs = Math.min(waitMs * 1.5, longestWaitMs);
      }
    });
  } catch (error) {
    services.log.error({ err: error, resourceId: key }, "a deployment stopped; it is taken up again in a moment");
  }
}

/** One round. @returns true when there is nothing more to do */
async function advance(services: Services, key: string, lease: Lease): Promise<boolean> {
  const row = await services.store.read.selectFrom("deployments").selectAll().where("key", "=", key).executeTakeFirst();
  if (row === undefined || row.state !== "Running" || row.plan === null) return true;
  const plan = SealedPlan.parse(JSON.parse(services.secrets.open(row.plan, planContext(key))));
  const before = DeploymentSteps.parse(JSON.parse(row.steps));
  const steps = await Promise.all(before.map((step) => look(services, step)));
  for (const [at, resource] of plan.resources.entries()) {
    const step = steps[at];
    if (step?.state !== "Waiting" || steps.some(({ state }) => state === "Failed")) continue;
    const isReady = resource.after.every((one) => ["Succeeded", "LeftOut"].includes(steps[one]?.state ?? ""));
    if (isReady) steps[at] = await start(services, { plan, correlationId: row.correlation_id }, resource, step);
  }
  const failures = steps.filter(({ state }) => state === "Failed");
  const isUnderWay = steps.some(({ state }) => state === "Running");
  const hasEnded = !isUnderWay && (failures.length > 0 || steps.every(({ state }) => state !== "Waiting"));
  if (!hasEnded && JSON.stringify(steps) === JSON.stringify(before)) return false;

  const error = failures.length === 0 ? undefined : failureOf(failures);
  const now = services.clock.now().toISOString();
  await services.store.write(async (tx) => {
    await lease.confirm(tx);
    const state = error === undefined ? "Succeeded" : "Failed";
    const saved = await tx
      .updateTable("deployments")
      .set({
        steps: JSON.stringify(steps),
        ...(hasEnded ? { state, plan: null, ended_at: now, error: error ? JSON.stringify(error) : null } : {}),
      })
      .where("key", "=", key)
      .where("operation_id", "=", row.operation_id)
      .where("state", "=", "Running")
      .returning("key")
      .executeTakeFirst();
    if (hasEnded && saved) await endOperations(tx, { resourceKey: key, status: state, error, endedAt: now });
  });
  return hasEnded;
}

/** Whether what a step began has ended. */
async function look(services: Services, step: DeploymentStep): Promise<DeploymentStep> {
  if (step.state !== "Running" || step.operationId === undefined) return step;
  const operation = await loadOperation(services.store.read, step.operationId);
  if (operation?.status === "InProgress") return step;
  const endedAt = operation?.ended_at ?? services.clock.now().toISOString();
  if (operation?.status === "Succeeded") return { ...step, state: "Succeeded", statusCode: "OK", endedAt };
  const error: ArmError =
    operation?.error == null
      ? { code: "OperationFailed", message: `The operation on '${step.resourceId}' ended without a cause.` }
      : JSON.parse(operation.error);
  return { ...step, state: "Failed", statusCode: "Conflict", error, endedAt };
}

async function start(
  services: Services,
  { plan, correlationId }: { readonly plan: SealedPlan; readonly correlationId: string },
  { id, apiVersion, body }: PlannedResource,
  step: DeploymentStep,
): Promise<DeploymentStep> {
  const startedAt = services.clock.now().toISOString();
  const parsed = parseResourceId(id);
  const definition = findDefinition(typeOf(parsed));
  if (definition === undefined) throw new TypeError(`'${id}' is of no known type`);
  const { resourceId, groups, ...caller } = plan.caller;
  try {
    const by = { ...caller, ...(resourceId ? { resourceId } : {}), ...(groups ? { groups } : {}) };
    // Asked again: rights may have gone since the deployment was begun.
    await services.authorize(by, `${fullType(definition)}/write`, id);
    const target = targetOf(definition, parsed);
    const answer = await put(services, { target, caller: by, correlationId, apiVersion, body, http: plan.http });
    const isDone = answer.row === undefined || isTerminal(answer.row.state);
    return {
      ...step,
      state: isDone ? "Succeeded" : "Running",
      startedAt,
      statusCode: answer.outcome === "created" ? "Created" : "OK",
      ...(answer.operation === undefined ? {} : { operationId: answer.operation.id }),
      ...(isDone ? { endedAt: startedAt } : {}),
    };
  } catch (error) {
    // What is no answer, or says to come back, is tried again.
    if (!(error instanceof DomainError) || ["ServiceUnavailable", "TooManyRequests"].includes(error.code)) throw error;
    const { code, message, target, details } = error;
    const cause = { code, message, ...(target ? { target } : {}), ...(details ? { details } : {}) };
    return { ...step, state: "Failed", startedAt, endedAt: startedAt, statusCode: "BadRequest", error: cause };
  }
}

const failureOf = (failures: readonly DeploymentStep[]): ArmError => ({
  code: "DeploymentFailed",
  message: "At least one resource deployment operation failed. Please list deployment operations for details.",
  details: failures.map(({ resourceId, error }) => ({
    code: error?.code ?? "OperationFailed",
    message: error?.message ?? "",
    target: resourceId,
    ...(error?.details ? { details: error.details } : {}),
  })),
});
