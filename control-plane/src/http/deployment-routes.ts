import type { FastifyReply, FastifyRequest } from "fastify";
import { loadOperation } from "../db/operations.ts";
import {
  cancelDeployment,
  type DeploymentRequest,
  type DeploymentRow,
  deploymentId,
  getDeployment,
  listDeployments,
  planDeployment,
  presentDeployment,
  presentSteps,
  putDeployment,
  removeDeployment,
} from "../deployments/deployments.ts";
import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { nextLink, pageOf } from "./paging.ts";
import { httpInfoOf } from "./request-activity.ts";
import { apiVersionOf, identify, queryOf } from "./request-context.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const base = "/subscriptions/:subscriptionId/resourceGroups/:group/providers/Microsoft.Resources/deployments";

/** Clients of Azure ask for the operations below this one. */
const shortBase = "/subscriptions/:subscriptionId/resourceGroups/:group/deployments";

/** Deployments of templates into a group. */
export function registerDeploymentRoutes(app: App, services: Services): void {
  const now = (): string => services.clock.now().toISOString();
  const begin = async (request: FastifyRequest, action: string): Promise<DeploymentRequest> => {
    const caller = await identify(services, request);
    apiVersionOf(request);
    checkSubscription(services, paramOf(request, "subscriptionId"));
    const [groupName, name] = [paramOf(request, "group"), paramOf(request, "deployment")];
    const id = deploymentId(services, groupName, name);
    await services.authorize(caller, `Microsoft.Resources/deployments/${action}`, id);
    return {
      groupName,
      name,
      caller,
      correlationId: request.correlationId,
      body: request.body,
      http: httpInfoOf(request),
    };
  };
  const find = async (request: FastifyRequest, action: string): Promise<DeploymentRow> => {
    const { groupName, name } = await begin(request, action);
    return getDeployment(services, groupName, name);
  };

  addRoute(
    app,
    `${base}/:deployment`,
    {
      GET: async (request) => presentDeployment(await find(request, "read"), now()),
      HEAD: async (request, reply) => {
        await find(request, "read");
        return reply.code(204).send();
      },
      PUT: async (request, reply) => {
        const { row, isNew } = await putDeployment(services, await begin(request, "write"));
        request.isRecorded = true;
        addStatusLink(services, request, reply, row);
        return reply.code(isNew ? 201 : 200).send(presentDeployment(row, now()));
      },
      DELETE: async (request, reply) => {
        const { groupName, name } = await begin(request, "delete");
        await removeDeployment(services, groupName, name);
        return reply.code(204).send();
      },
    },
    { takesJson5: true },
  );
  addRoute(app, `${base}/:deployment/cancel`, {
    POST: async (request, reply) => {
      const { groupName, name } = await begin(request, "cancel/action");
      await cancelDeployment(services, groupName, name);
      return reply.code(204).send();
    },
  });
  addRoute(
    app,
    `${base}/:deployment/validate`,
    {
      POST: async (request) => {
        const wanted = await begin(request, "validate/action");
        const { shown, resources } = await planDeployment(services, wanted);
        const { outputs: _, ...properties } = shown;
        return {
          id: deploymentId(services, wanted.groupName, wanted.name),
          name: wanted.name,
          type: "Microsoft.Resources/deployments",
          properties: {
            ...properties,
            mode: "Incremental",
            provisioningState: "Succeeded",
            timestamp: now(),
            correlationId: wanted.correlationId,
            validatedResources: resources.filter(({ isLeftOut }) => !isLeftOut).map(({ id }) => ({ id })),
          },
        };
      },
    },
    { takesJson5: true },
  );
  addRoute(app, `${base}/:deployment/whatIf`, {
    POST: async (request) => {
      await begin(request, "whatIf/action");
      throw new DomainError(
        "OperationNotSupported",
        "What-if is not offered here. 'validate' says which resources a template would write.",
      );
    },
  });
  for (const path of [base, shortBase]) {
    addRoute(app, `${path}/:deployment/operations`, {
      GET: async (request) => ({ value: presentSteps(await find(request, "operations/read"), now()), nextLink: null }),
    });
  }
  addRoute(app, `${base}/:deployment/operationStatuses/:operationId`, {
    GET: async (request, reply) => {
      const { groupName, name } = await begin(request, "operationStatuses/read");
      const operation = await loadOperation(services.store.read, paramOf(request, "operationId").toLowerCase());
      if (operation?.resource_key !== deploymentId(services, groupName, name).toLowerCase()) {
        throw new DomainError("OperationNotFound", `The deployment '${name}' has no such operation.`);
      }
      if (operation.status === "InProgress") reply.header("retry-after", "1");
      return {
        id: `${operation.resource_id}/operationStatuses/${operation.id}`,
        name: operation.id,
        status: operation.status === "InProgress" ? "Running" : operation.status,
        startTime: operation.started_at,
        ...(operation.ended_at === null ? {} : { endTime: operation.ended_at }),
        ...(operation.error === null ? {} : { error: JSON.parse(operation.error) }),
      };
    },
  });
  addRoute(app, base, {
    GET: async (request) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      checkSubscription(services, paramOf(request, "subscriptionId"));
      const groupName = paramOf(request, "group");
      const scope = deploymentId(services, groupName, "").split("/providers/")[0] ?? "";
      await services.authorize(caller, "Microsoft.Resources/deployments/read", scope);
      const page = await listDeployments(services, { groupName, ...pageOf(request) });
      return {
        value: page.rows.map((row) => presentDeployment(row, now())),
        nextLink: page.next === undefined ? null : nextLink(services.publicUrl, request, page.next),
      };
    },
  });
}

function addStatusLink(services: Services, request: FastifyRequest, reply: FastifyReply, row: DeploymentRow): void {
  const version = encodeURIComponent(queryOf(request, "api-version") ?? "");
  reply.headers({
    "azure-asyncoperation": `${services.publicUrl}${row.id}/operationStatuses/${row.operation_id}?api-version=${version}`,
    "retry-after": "1",
  });
}
