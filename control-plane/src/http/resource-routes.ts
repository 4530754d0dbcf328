/** The routes of every type of the registry, derived from the definitions. */
import { fullType, parseResourceId, type ResourceDefinition } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { lineage, type ResourceTarget, targetOf } from "../arm/target.ts";
import { loadResource, loadResourceGroup } from "../db/resources.ts";
import { DomainError, resourceNotFound } from "../errors.ts";
import { remove } from "../operations/delete.ts";
import { get } from "../operations/get.ts";
import { list } from "../operations/list.ts";
import { patch } from "../operations/patch.ts";
import { presentResource } from "../operations/present.ts";
import { put } from "../operations/put.ts";
import type { VerbAnswer, VerbRequest } from "../operations/verb.ts";
import { patchIn } from "../operations/version-view.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { addOperationHeaders } from "./operation-links.ts";
import { pageOf, sendPage } from "./paging.ts";
import { httpInfoOf } from "./request-activity.ts";
import { apiVersionOf, identify, queryOf } from "./request-context.ts";
import { pathOf } from "./request-path.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const groupPath = "/subscriptions/:subscriptionId/resourceGroups/:group";

/** The pattern of a resource's path, its parents' names as `:name0`, `:name1`, … */
export const patternOf = (definition: ResourceDefinition): string =>
  lineage(definition).reduce((path, one, depth) => `${path}/providers/${fullType(one)}/:name${depth}`, groupPath);

/** The last word of the action that a caller must be allowed. */
type Action = "read" | "write" | "delete";

export function registerResourceRoutes(app: App, services: Services, definition: ResourceDefinition): void {
  const item = patternOf(definition);
  const runs =
    (action: Action, verb: (services: Services, request: VerbRequest) => Promise<VerbAnswer>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const wanted = await begin(services, request, definition, action);
      return answer(services, request, reply, wanted, await verb(services, wanted));
    };
  addRoute(app, item, {
    GET: runs("read", get),
    // Generic clients ask whether a resource is there; they take 204 for yes and nothing else.
    HEAD: async (request, reply) => {
      await get(services, await begin(services, request, definition, "read"));
      return reply.code(204).send();
    },
    PUT: runs("write", put),
    PATCH: runs("write", patch),
    DELETE: runs("delete", remove),
  });
  addRoute(app, item.slice(0, item.lastIndexOf("/")), {
    GET: (request, reply) => listBelow(services, request, reply, definition),
  });
  if (!definition.parent) {
    addRoute(app, `/subscriptions/:subscriptionId/providers/${fullType(definition)}`, {
      GET: (request, reply) => listInSubscription(services, request, reply, definition),
    });
  }
}

export const supportedBy = (definition: ResourceDefinition) => ({
  type: fullType(definition),
  versions: definition.apiVersions,
});

async function begin(
  services: Services,
  request: FastifyRequest,
  definition: ResourceDefinition,
  action: Action,
): Promise<VerbRequest> {
  const caller = await identify(services, request);
  const apiVersion = apiVersionOf(request, supportedBy(definition));
  const target = targetOf(definition, parseResourceId(pathOf(request)));
  checkSubscription(services, paramOf(request, "subscriptionId"));
  await services.authorize(caller, `${fullType(definition)}/${action}`, target.id);
  return {
    target,
    caller,
    correlationId: request.correlationId,
    apiVersion,
    body: request.body,
    http: httpInfoOf(request),
    ifMatch: request.headers["if-match"],
    ifNoneMatch: request.headers["if-none-match"],
    isForced: queryOf(request, "forceDelete")?.toLowerCase() === "true",
  };
}

const statusOfOutcome = { created: 201, ok: 200, accepted: 202, absent: 204 } as const;

function answer(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { target, apiVersion }: VerbRequest,
  { outcome, row, operation, isRecorded = false }: VerbAnswer,
): unknown {
  request.isRecorded = isRecorded;
  reply.code(statusOfOutcome[outcome]);
  // A PATCH that is done at once has nothing to be polled.
  const isDone = request.method === "PATCH" && outcome === "ok" && !patchIn(target.definition, apiVersion).isAsync;
  if (operation && !isDone) addOperationHeaders(services, request, reply, target, operation);
  if (!row) return reply.send();
  reply.header("etag", row.etag);
  return reply.send(presentResource(services, target.definition, row, apiVersion));
}

async function listBelow(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  definition: ResourceDefinition,
): Promise<unknown> {
  const caller = await identify(services, request);
  const apiVersion = apiVersionOf(request, supportedBy(definition));
  checkSubscription(services, paramOf(request, "subscriptionId"));
  // The path of a list is that of an item without its name.
  const target = targetOf(definition, parseResourceId(`${pathOf(request).replace(/\/+$/, "")}/x`));
  const holderId = target.id.slice(0, target.id.toLowerCase().lastIndexOf("/providers/"));
  const reach = await services.access.reach(caller, `${fullType(definition)}/read`, holderId);
  await requireHolder(services, target);
  const page = await list(services, {
    scope:
      target.parentKey === undefined
        ? { column: "group_key", key: target.groupKey }
        : { column: "parent_key", key: target.parentKey },
    types: [fullType(definition).toLowerCase()],
    reach,
    ...pageOf(request),
  });
  return sendPage(services, request, reply, page, (row) => presentResource(services, definition, row, apiVersion));
}

async function requireHolder(services: Services, target: ResourceTarget): Promise<void> {
  const { definition, parentKey, groupName, groupKey } = target;
  if (parentKey === undefined) {
    if (await loadResourceGroup(services.store.read, groupKey)) return;
    throw new DomainError("ResourceGroupNotFound", `Resource group '${groupName}' could not be found.`);
  }
  if (definition.parent === undefined || (await loadResource(services.store.read, parentKey))) return;
  const name = parentKey.slice(parentKey.lastIndexOf("/") + 1);
  throw resourceNotFound(fullType(definition.parent), name, groupName);
}

async function listInSubscription(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  definition: ResourceDefinition,
): Promise<unknown> {
  const caller = await identify(services, request);
  const apiVersion = apiVersionOf(request, supportedBy(definition));
  const scope = checkSubscription(services, paramOf(request, "subscriptionId"));
  const reach = await services.access.reach(caller, `${fullType(definition)}/read`, scope);
  const page = await list(services, {
    scope: { column: "subscription_key", key: scope.toLowerCase() },
    types: [fullType(definition).toLowerCase()],
    reach,
    ...pageOf(request),
  });
  return sendPage(services, request, reply, page, (row) => presentResource(services, definition, row, apiVersion));
}
