/** Deployments as they are kept: begun, shown, cancelled, forgotten. What brings them to their end is run-deployment.ts. */
import { randomUUID } from "node:crypto";
import { parseResourceId, resourceKey, typeOf } from "@arcfleet/contract";
import type { Selectable } from "kysely";
import { z } from "zod";
import { type Asked, recordOperation } from "../activity/record-operation.ts";
import { groupId } from "../arm/target.ts";
import type { DeploymentsTable } from "../db/deployment-tables.ts";
import { endOperations } from "../db/operations.ts";
import { loadResourceGroup } from "../db/resources.ts";
import { DomainError, invalid, invalidContent } from "../errors.ts";
import { type JsonObject, readJsonColumn } from "../json.ts";
import { getGroup, presentGroup, refuseWhileDeleting } from "../operations/resource-groups.ts";
import type { Services } from "../services.ts";
import { type Plan, planTemplate } from "./plan.ts";
import { runDeployment } from "./run-deployment.ts";
import { type DeploymentStep, DeploymentSteps, planContext, type SealedPlan } from "./steps.ts";

export type DeploymentRow = Selectable<DeploymentsTable>;

const Body = z.looseObject({
  properties: z.looseObject({
    template: z.unknown(),
    templateLink: z.unknown().optional(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    parametersLink: z.unknown().optional(),
    mode: z.string(),
  }),
});

const namePattern = /^[-\w._()]{1,64}$/;
/** As many as ARM keeps for a group. */
const keptOfGroup = 800;

export interface DeploymentRequest extends Asked {
  readonly groupName: string;
  readonly name: string;
  readonly body?: unknown;
}

export const deploymentId = ({ subscriptionId }: Services, groupName: string, name: string): string =>
  `${groupId(subscriptionId, groupName)}/providers/Microsoft.Resources/deployments/${name}`;

/** Works out what a template comes to, and asks whether the caller may write each resource, before anything is written. */
export async function planDeployment(services: Services, request: DeploymentRequest): Promise<Plan> {
  const { groupName, name, caller } = request;
  if (!namePattern.test(name)) {
    throw new DomainError(
      "InvalidResourceName",
      `'${name}' is not a name for a deployment: it must be 1 to 64 letters, digits, '.', '-', '_', '(' and ')'.`,
    );
  }
  const parsed = Body.safeParse(request.body);
  if (!parsed.success) throw invalidContent(`The deployment is not valid: ${z.prettifyError(parsed.error)}`);
  const { template, templateLink, parameters, parametersLink, mode } = parsed.data.properties;
  if (templateLink || parametersLink) {
    throw invalid("Templates and parameters behind links are not offered here: send them along.", "properties");
  }
  if (mode.toLowerCase() !== "incremental") {
    throw invalid(
      `The mode '${mode}' is not offered here, because it deletes what a template leaves out. Use 'Incremental'.`,
      "properties.mode",
    );
  }
  const group = await getGroup(services, groupName);
  const { tenantId, subscriptionId } = services;
  const plan = planTemplate(template, parameters ?? {}, {
    resourceGroup: { ...presentGroup(group), id: group.id, name: group.name },
    subscription: { id: `/subscriptions/${subscriptionId}`, subscriptionId, tenantId, displayName: "arcfleet" },
    tenant: { tenantId, displayName: "arcfleet" },
    deployment: { name },
  });
  for (const { id, isLeftOut } of plan.resources) {
    if (!isLeftOut) await services.authorize(caller, `${typeOf(parseResourceId(id))}/write`, id);
  }
  return plan;
}

export async function putDeployment(
  services: Services,
  request: DeploymentRequest,
): Promise<{ readonly row: DeploymentRow; readonly isNew: boolean }> {
  const plan = await planDeployment(services, request);
  const { groupName, name, caller, correlationId, http } = request;
  const key = resourceKey(deploymentId(services, groupName, name));
  const { groups, ...who } = caller;
  const sealed: SealedPlan = {
    resources: [...plan.resources],
    caller: { ...who, ...(groups === undefined ? {} : { groups: [...groups] }) },
    ...(http === undefined ? {} : { http }),
  };
  const steps: DeploymentStep[] = plan.resources.map(({ id, isLeftOut }) => ({
    id: randomUUID(),
    resourceId: id,
    state: isLeftOut ? "LeftOut" : "Waiting",
  }));
  const result = await services.store.write(async (tx) => {
    const group = await loadResourceGroup(tx, resourceKey(groupId(services.subscriptionId, groupName)));
    if (!group) throw new DomainError("ResourceGroupNotFound", `Resource group '${groupName}' could not be found.`);
    refuseWhileDeleting(group);
    const before = await tx.selectFrom("deployments").selectAll().where("key", "=", key).executeTakeFirst();
    if (before?.state === "Running") {
      throw new DomainError(
        "DeploymentActive",
        `The deployment '${name}' is running. Wait until it has ended, or cancel it, then repeat the request.`,
      );
    }
    const now = services.clock.now().toISOString();
    const row: DeploymentRow = {
      key,
      id: before?.id ?? `${group.id}/providers/Microsoft.Resources/deployments/${name}`,
      name: before?.name ?? name,
      group_key: group.key,
      state: "Running",
      shown: JSON.stringify(plan.shown),
      steps: JSON.stringify(steps),
      plan: services.secrets.seal(JSON.stringify(sealed), planContext(key)),
      error: null,
      correlation_id: correlationId,
      operation_id: randomUUID(),
      started_at: now,
      ended_at: null,
    };
    if (before !== undefined) await tx.deleteFrom("deployments").where("key", "=", key).execute();
    await tx.insertInto("deployments").values(row).execute();
    const operation = {
      id: row.operation_id,
      resource_key: key,
      resource_id: row.id,
      kind: "put",
      status: "InProgress",
      generation: 0,
      error: null,
      correlation_id: correlationId,
      started_at: now,
      ended_at: null,
    } as const;
    await recordOperation(services, tx, operation, request, before === undefined ? 201 : 200);
    const old = await tx
      .selectFrom("deployments")
      .select("key")
      .where("group_key", "=", group.key)
      .where("state", "!=", "Running")
      .orderBy("started_at", "desc")
      .offset(keptOfGroup)
      .limit(10)
      .execute();
    if (old.length > 0) {
      const keys = old.map((one) => one.key);
      await tx.deleteFrom("deployments").where("key", "in", keys).execute();
    }
    return { row, isNew: before === undefined };
  });
  void runDeployment(services, key);
  return result;
}

export async function getDeployment(services: Services, groupName: string, name: string): Promise<DeploymentRow> {
  const key = resourceKey(deploymentId(services, groupName, name));
  const row = await services.store.read.selectFrom("deployments").selectAll().where("key", "=", key).executeTakeFirst();
  if (row) return row;
  throw new DomainError("DeploymentNotFound", `Deployment '${name}' could not be found.`);
}

/** What was begun is not undone: a cancelled deployment writes nothing more. */
export async function cancelDeployment(services: Services, groupName: string, name: string): Promise<void> {
  const { key } = await getDeployment(services, groupName, name);
  await services.store.write(async (tx) => {
    const now = services.clock.now().toISOString();
    const ended = await tx
      .updateTable("deployments")
      .set({ state: "Canceled", plan: null, ended_at: now })
      .where("key", "=", key)
      .where("state", "=", "Running")
      .returning("key")
      .executeTakeFirst();
    if (!ended) {
      throw new DomainError(
        "DeploymentNotActive",
        `The deployment '${name}' has ended; only a running one can be cancelled.`,
      );
    }
    await endOperations(tx, { resourceKey: key, status: "Canceled", endedAt: now });
  });
}

/** Forgets the deployment; what it made stays. @returns false when there is none */
export async function removeDeployment(services: Services, groupName: string, name: string): Promise<boolean> {
  const key = resourceKey(deploymentId(services, groupName, name));
  return services.store.write(async (tx) => {
    const row = await tx.selectFrom("deployments").select("state").where("key", "=", key).executeTakeFirst();
    if (!row) return false;
    if (row.state === "Running") {
      throw new DomainError("DeploymentActive", `The deployment '${name}' is running. Cancel it first.`);
    }
    await tx.deleteFrom("deployments").where("key", "=", key).execute();
    return true;
  });
}

export async function listDeployments(
  services: Services,
  query: { readonly groupName: string; readonly pageSize: number; readonly after?: string },
): Promise<{ readonly rows: readonly DeploymentRow[]; readonly next?: string }> {
  const { key } = await getGroup(services, query.groupName);
  const rows = await services.store.read
    .selectFrom("deployments")
    .selectAll()
    .where("group_key", "=", key)
    .where("key", ">", query.after ?? "")
    .orderBy("key")
    .limit(query.pageSize + 1)
    .execute();
  const last = rows.length > query.pageSize ? rows[query.pageSize - 1] : undefined;
  return { rows: rows.slice(0, query.pageSize), ...(last === undefined ? {} : { next: last.key }) };
}

const durationOf = (from: string, to: string): string =>
  `PT${Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000).toFixed(3)}S`;

const providersOf = (ids: readonly string[]) =>
  [
    ...Map.groupBy(
      ids.map((id) => typeOf(parseResourceId(id)).split("/")),
      ([namespace = ""]) => namespace,
    ),
  ].map(([namespace, types]) => ({
    namespace,
    resourceTypes: [...new Set(types.map((type) => type.slice(1).join("/")))].map((resourceType) => ({
      resourceType,
      locations: [],
    })),
  }));

export function presentDeployment(row: DeploymentRow, now: string): JsonObject {
  const steps = DeploymentSteps.parse(JSON.parse(row.steps));
  const { outputs, ...shown } = readJsonColumn(row.shown);
  const end = row.ended_at ?? now;
  return {
    id: row.id,
    name: row.name,
    type: "Microsoft.Resources/deployments",
    properties: {
      ...shown,
      mode: "Incremental",
      provisioningState: row.state,
      timestamp: end,
      duration: durationOf(row.started_at, end),
      correlationId: row.correlation_id,
      providers: providersOf(steps.map(({ resourceId }) => resourceId)),
      dependencies: [],
      ...(row.state === "Succeeded"
        ? {
            outputs,
            outputResources: steps
              .filter(({ state }) => state === "Succeeded")
              .map(({ resourceId }) => ({ id: resourceId })),
          }
        : {}),
      ...(row.error === null ? {} : { error: readJsonColumn(row.error) }),
    },
  };
}

/** One line for each resource that was begun. */
export const presentSteps = (row: DeploymentRow, now: string): JsonObject[] =>
  DeploymentSteps.parse(JSON.parse(row.steps))
    .filter(({ state }) => state !== "Waiting" && state !== "LeftOut")
    .map((step) => ({
      id: `${row.id}/operations/${step.id}`,
      operationId: step.id,
      properties: {
        provisioningOperation: "Create",
        provisioningState: step.state,
        timestamp: step.endedAt ?? now,
        duration: durationOf(step.startedAt ?? now, step.endedAt ?? now),
        statusCode: step.statusCode ?? "OK",
        ...(step.error === undefined ? {} : { statusMessage: { status: "Failed", error: step.error } }),
        targetResource: {
          id: step.resourceId,
          resourceType: typeOf(parseResourceId(step.resourceId)),
          resourceName: step.resourceId.slice(step.resourceId.lastIndexOf("/") + 1),
        },
      },
    }));
