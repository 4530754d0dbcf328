import { definitions, findDefinition, fullType } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { parseFilter } from "../arm/odata-filter.ts";
import { groupId } from "../arm/target.ts";
import type { Reach } from "../authorization/authorize.ts";
import type { ResourceRow } from "../db/resources.ts";
import { DomainError } from "../errors.ts";
import { list } from "../operations/list.ts";
import type { PageScope } from "../operations/page-keys.ts";
import { presentResource } from "../operations/present.ts";
import { getGroup } from "../operations/resource-groups.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { pageOf, sendPage } from "./paging.ts";
import { apiVersionOf, identify, queryOf } from "./request-context.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

/** Lists across types. Only tracked resources are in them, as in ARM; `az resource list -g` scopes by filter alone. */
export function registerGenericResourceRoutes(app: App, services: Services): void {
  addRoute(app, "/subscriptions/:subscriptionId/resources", {
    GET: async (request, reply) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const scope = checkSubscription(services, paramOf(request, "subscriptionId"));
      const reach = await services.access.reach(caller, "Microsoft.Resources/subscriptions/resources/read", scope);
      return answer(services, request, reply, { column: "subscription_key", key: scope.toLowerCase() }, reach);
    },
  });
  addRoute(app, "/subscriptions/:subscriptionId/resourceGroups/:group/resources", {
    GET: async (request, reply) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      checkSubscription(services, paramOf(request, "subscriptionId"));
      const id = groupId(services.subscriptionId, paramOf(request, "group"));
      const action = "Microsoft.Resources/subscriptions/resourceGroups/resources/read";
      const reach = await services.access.reach(caller, action, id);
      const { key } = await getGroup(services, paramOf(request, "group"));
      return answer(services, request, reply, { column: "group_key", key }, reach);
    },
  });
}

const tracked = definitions.filter((definition) => definition.tracked);

const expandable = ["createdTime", "changedTime", "provisioningState"] as const;
type Expandable = (typeof expandable)[number];

/** What `$expand` asks for beyond the envelope. */
function expandOf(request: FastifyRequest): readonly Expandable[] {
  const names = (queryOf(request, "$expand") ?? "").split(",").map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => name !== "" && !expandable.some((one) => one.toLowerCase() === name));
  if (unknown === undefined) return expandable.filter((one) => names.includes(one.toLowerCase()));
  throw new DomainError(
    "BadRequest",
    `$expand cannot have '${unknown}'. Possible are ${expandable.join(", ")}, with commas between them.`,
  );
}

async function answer(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  scope: PageScope,
  reach: Reach,
): Promise<unknown> {
  const expand = expandOf(request);
  const page = await list(services, {
    scope,
    reach,
    types: tracked.map((definition) => fullType(definition).toLowerCase()),
    filter: parseFilter(queryOf(request, "$filter")),
    ...pageOf(request),
  });
  return sendPage(services, request, reply, page, (row) => presentGeneric(services, row, expand));
}

/** The envelope without the properties of the type, as the generic list shows it. */
function presentGeneric(services: Services, row: ResourceRow, expand: readonly Expandable[]) {
  const definition = findDefinition(row.type);
  if (!definition) throw new TypeError(`The database holds a resource of the unknown type '${row.type}'`);
  const { properties: _, etag: __, systemData: ___, ...envelope } = presentResource(services, definition, row);
  const more = { createdTime: row.created_at, changedTime: row.modified_at, provisioningState: row.state };
  return {
    ...envelope,
    type: fullType(definition),
    ...Object.fromEntries(expand.map((name) => [name, more[name]])),
  };
}
