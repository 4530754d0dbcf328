import { CustomLocationProperties, customLocation, fullType, parseResourceId, resourceKey } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { targetOf } from "../arm/target.ts";
import { loadResource, type ResourceRow } from "../db/resources.ts";
import { DomainError } from "../errors.ts";
import { readJsonColumn } from "../json.ts";
import { notFound } from "../operations/verb.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { patternOf } from "./resource-routes.ts";
import { addRoute, type Handler, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const type = fullType(customLocation);
const noRules =
  "Resource sync rules are not offered here: nothing is made in a custom location that would have to be moved to a group.";

/** What a custom location answers beside its own record: what its extensions offer, and where rules would put things. */
export function registerCustomLocationRoutes(app: App, services: Services): void {
  const begin = async (request: FastifyRequest, action: string): Promise<ResourceRow> => {
    const caller = await identify(services, request);
    apiVersionOf(request, { type, versions: customLocation.apiVersions });
    checkSubscription(services, paramOf(request, "subscriptionId"));
    const path = `/subscriptions/${services.subscriptionId}/resourceGroups/${paramOf(request, "group")}/providers/${type}/${paramOf(request, "name0")}`;
    await services.authorize(caller, `${type}/${action}`, path);
    const row = await loadResource(services.store.read, resourceKey(path));
    if (row) return row;
    throw notFound(targetOf(customLocation, parseResourceId(path)));
  };
  const refuse =
    (action: string): Handler =>
    async (request) => {
      await begin(request, action);
      throw new DomainError("OperationNotSupported", noRules);
    };

  const path = patternOf(customLocation);
  addRoute(app, `${path}/enabledResourceTypes`, {
    GET: async (request) => ({
      value: await enabledTypes(services, await begin(request, "enabledResourceTypes/read")),
      nextLink: null,
    }),
  });
  addRoute(app, `${path}/findTargetResourceGroup`, {
    POST: async (request, reply) => {
      await begin(request, "findTargetResourceGroup/action");
      // There are no rules that could match.
      return reply.code(204).send();
    },
  });
  addRoute(app, `${path}/resourceSyncRules`, {
    GET: async (request) => {
      await begin(request, "resourceSyncRules/read");
      return { value: [], nextLink: null };
    },
  });
  addRoute(app, `${path}/resourceSyncRules/:rule`, {
    GET: async (request) => {
      await begin(request, "resourceSyncRules/read");
      throw new DomainError("ResourceNotFound", `There is no resource sync rule '${paramOf(request, "rule")}'.`);
    },
    PUT: refuse("resourceSyncRules/write"),
    PATCH: refuse("resourceSyncRules/write"),
    DELETE: async (request, reply) => {
      await begin(request, "resourceSyncRules/delete");
      return reply.code(204).send();
    },
  });
}

/** One entry for each extension that the location names and that is there. None of our extension types brings types of ARM with it. */
async function enabledTypes(services: Services, row: ResourceRow) {
  const { clusterExtensionIds } = CustomLocationProperties.parse(readJsonColumn(row.properties));
  const extensions = await Promise.all(
    clusterExtensionIds.map((id) => loadResource(services.store.read, resourceKey(id))),
  );
  return extensions
    .filter((extension) => extension !== undefined)
    .map(({ id, name, properties }) => ({
      id: `${row.id}/enabledResourceTypes/${name}`,
      name,
      type: `${type}/enabledResourceTypes`,
      properties: {
        extensionType: String(readJsonColumn(properties).extensionType ?? ""),
        clusterExtensionId: id,
        typesMetadata: [],
      },
    }));
}
