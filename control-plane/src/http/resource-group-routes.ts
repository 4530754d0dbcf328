import type { FastifyRequest } from "fastify";
import { parseFilter } from "../arm/odata-filter.ts";
import { groupId } from "../arm/target.ts";
import { loadResourceGroup } from "../db/resources.ts";
import { DomainError, invalidContent } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import {
  type GroupRequest,
  getGroup,
  groupKey,
  groupNotFound,
  listGroups,
  patchGroup,
  presentGroup,
  putGroup,
  removeGroup,
} from "../operations/resource-groups.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { nextLink, pageOf } from "./paging.ts";
import { httpInfoOf } from "./request-activity.ts";
import { apiVersionOf, identify, queryOf } from "./request-context.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

type Action = "read" | "write" | "delete";

/** What ARM has and this control plane does not, refused by name: a 404 would look like a missing group. */
const noMove =
  "Resources cannot be moved between resource groups here: a cluster's agents know it by its id. Delete the resource and create it in the other group.";
const refused = [
  ["moveResources", noMove],
  ["validateMoveResources", noMove],
  [
    "exportTemplate",
    "Resource groups cannot be exported as templates here. 'arcfleet export' writes a Pulumi program.",
  ],
] as const;

export function registerResourceGroupRoutes(app: App, services: Services): void {
  const begin = async (request: FastifyRequest, action?: Action): Promise<GroupRequest> => {
    const caller = await identify(services, request);
    apiVersionOf(request);
    checkSubscription(services, paramOf(request, "subscriptionId"));
    const name = paramOf(request, "group");
    if (action !== undefined) {
      const scope = groupId(services.subscriptionId, name);
      await services.authorize(caller, `Microsoft.Resources/subscriptions/resourceGroups/${action}`, scope);
    }
    return { name, correlationId: request.correlationId, caller, http: httpInfoOf(request) };
  };
  const beginWrite = async (request: FastifyRequest): Promise<GroupRequest> => {
    const group = await begin(request, "write");
    if (!isJsonObject(request.body)) throw invalidContent("The body of a resource group must be a JSON object.");
    return { ...group, body: request.body };
  };

  addRoute(app, "/subscriptions/:subscriptionId/resourceGroups/:group", {
    GET: async (request, reply) =>
      reply.send(presentGroup(await getGroup(services, (await begin(request, "read")).name))),
    HEAD: async (request, reply) => {
      const { name } = await begin(request, "read");
      if (!(await loadResourceGroup(services.store.read, groupKey(services, name)))) throw groupNotFound(name);
      return reply.code(204).send();
    },
    PUT: async (request, reply) => {
      const { row, isNew, isRecorded } = await putGroup(services, await beginWrite(request));
      request.isRecorded = isRecorded;
      return reply.code(isNew ? 201 : 200).send(presentGroup(row));
    },
    PATCH: async (request, reply) => {
      const row = await patchGroup(services, await beginWrite(request));
      request.isRecorded = true;
      return reply.send(presentGroup(row));
    },
    DELETE: async (request, reply) => {
      const operation = await removeGroup(services, await begin(request, "delete"));
      if (!operation) return reply.code(204).send();
      request.isRecorded = operation.isNew;
      const version = encodeURIComponent(queryOf(request, "api-version") ?? "");
      const location = `${services.publicUrl}/subscriptions/${services.subscriptionId}/operationresults/${operation.id}?api-version=${version}`;
      return reply.code(202).headers({ location, "retry-after": "1" }).send();
    },
  });

  for (const [action, why] of refused) {
    addRoute(app, `/subscriptions/:subscriptionId/resourceGroups/:group/${action}`, {
      POST: async (request) => {
        const { caller, name } = await begin(request);
        const scope = groupId(services.subscriptionId, name);
        await services.authorize(caller, `Microsoft.Resources/subscriptions/resourceGroups/${action}/action`, scope);
        throw new DomainError("OperationNotSupported", why);
      },
    });
  }

  addRoute(app, "/subscriptions/:subscriptionId/resourceGroups", {
    GET: async (request, reply) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const scope = checkSubscription(services, paramOf(request, "subscriptionId"));
      const reach = await services.access.reach(caller, "Microsoft.Resources/subscriptions/resourceGroups/read", scope);
      const filter = parseFilter(queryOf(request, "$filter"));
      const page = await listGroups(services, { filter, reach, ...pageOf(request) });
      return reply.send({
        value: page.rows.map(presentGroup),
        nextLink: page.next === undefined ? null : nextLink(services.publicUrl, request, page.next),
      });
    },
  });
}
