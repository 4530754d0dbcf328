import {
  definitions,
  findDefinition,
  fullType,
  type OperationStatus,
  parseResourceId,
  type ResourceDefinition,
  typeOf,
} from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { targetOf } from "../arm/target.ts";
import { loadOperation, type OperationRow } from "../db/operations.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { operationBody } from "./operation-body.ts";
import { checkForm, identify } from "./request-context.ts";
import { pathOf } from "./request-path.ts";
import { patternOf } from "./resource-routes.ts";
import { addRoute, paramOf } from "./routes.ts";

/**
 * The operations that clients poll. They answer for as long as operations are kept, also when the resource is gone: clients
 * treat 404 as a failure. Every api-version is accepted, because some clients rewrite it on each request.
 */
export function registerOperationRoutes(app: App, services: Services): void {
  const status = (request: FastifyRequest, reply: FastifyReply) => answerStatus(services, request, reply);
  const result = (request: FastifyRequest, reply: FastifyReply) => answerResult(services, request, reply);
  for (const definition of definitions.filter(({ parent }) => parent)) {
    const path = patternOf(definition);
    addRoute(app, `${path}/operations/:operationId`, {
      GET: (request, reply) => answerStatus(services, request, reply, definition),
    });
    addRoute(app, `${path}/operationResults/:operationId`, {
      GET: (request, reply) => answerResult(services, request, reply, definition),
    });
  }
  for (const namespace of new Set(definitions.map((definition) => definition.namespace))) {
    for (const prefix of ["", "/subscriptions/:subscriptionId"]) {
      const base = `${prefix}/providers/${namespace}/locations/:location`;
      addRoute(app, `${base}/operationStatuses/:operationId`, { GET: status });
      addRoute(app, `${base}/operationResults/:operationId`, { GET: result });
    }
  }
  addRoute(app, "/subscriptions/:subscriptionId/operationresults/:operationId", { GET: result });
}

/** The operation, for who may read what it is about. `below`: the type of the resource that the path names before it. */
async function find(services: Services, request: FastifyRequest, below?: ResourceDefinition): Promise<OperationRow> {
  const caller = await identify(services, request);
  checkForm(request);
  const id = paramOf(request, "operationId").toLowerCase();
  const target = below && targetOf(below, parseResourceId(pathOf(request).replace(/(\/+[^/]+){2}\/*$/, "")));
  if (target !== undefined) await services.authorize(caller, `${fullType(target.definition)}/read`, target.id);
  const operation = await loadOperation(services.store.read, id);
  if (operation && (target ? target.key === operation.resource_key : await mayRead(services, caller, operation))) {
    return operation;
  }
  // The same for an operation that the caller may not see: where the path names no resource, there is nothing to refuse before.
  throw new DomainError(
    "OperationNotFound",
    `There is no operation '${id}' here that you may read. Operations are kept for ${Math.round(services.settings.operationRetentionMs / 3_600_000)} hours after their end.`,
  );
}

function mayRead(services: Services, caller: Caller, { resource_id }: OperationRow): Promise<boolean> {
  const definition = findDefinition(typeOf(parseResourceId(resource_id)));
  const action = definition ? `${fullType(definition)}/read` : "Microsoft.Resources/subscriptions/resourceGroups/read";
  return services.access.isAllowed(caller, action, resource_id);
}

async function answerStatus(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  below?: ResourceDefinition,
): Promise<unknown> {
  const operation = await find(services, request, below);
  if (operation.status === "InProgress") reply.header("retry-after", "1");
  return reply.send(statusBody(request, operation));
}

/** What `Location` points at: 202 while the operation runs, 200 afterwards. */
async function answerResult(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  below?: ResourceDefinition,
): Promise<unknown> {
  const operation = await find(services, request, below);
  if (operation.status === "InProgress") {
    const location = `${services.publicUrl}${(request.raw.url ?? "/").replace(/^\/+/, "/")}`;
    return reply.code(202).headers({ "retry-after": "1", location }).send();
  }
  // A resource group's clients expect the end without a body.
  if (operation.resource_id.split("/").length <= 5) return reply.send();
  return reply.send(statusBody(request, operation));
}

const statusBody = (request: FastifyRequest, operation: OperationRow): OperationStatus =>
  operationBody((request.raw.url ?? "").split("?")[0] ?? "", operation);
