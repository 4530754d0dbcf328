/** The operations that run on the things below a connected cluster. */
import { connectedCluster, extension, findDefinition, fullType, parseResourceId } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { targetOf } from "../arm/target.ts";
import { listRunningBelow } from "../db/operations.ts";
import { loadResource } from "../db/resources.ts";
import { notFound } from "../operations/verb.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { operationBody } from "./operation-body.ts";
import { apiVersionOf, identify } from "./request-context.ts";
import { pathOf } from "./request-path.ts";
import { patternOf, supportedBy } from "./resource-routes.ts";
import { addRoute, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const { namespace } = extension;
/** More than agents ever work on at once. */
const mostShown = 1000;

export function registerRunningOperationRoutes(app: App, services: Services): void {
  addRoute(app, `${patternOf(connectedCluster)}/providers/${namespace}/operations`, {
    GET: (request, reply) => answer(services, request, reply),
  });
}

async function answer(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const caller = await identify(services, request);
  apiVersionOf(request, supportedBy(extension));
  const path = pathOf(request);
  const target = targetOf(
    connectedCluster,
    parseResourceId(path.slice(0, path.toLowerCase().lastIndexOf("/providers/"))),
  );
  checkSubscription(services, paramOf(request, "subscriptionId"));
  await services.authorize(caller, `${namespace}/operations/read`, target.id);
  if (!(await loadResource(services.store.read, target.key))) throw notFound(target);
  const rows = await listRunningBelow(services.store.read, target.key, mostShown);
  const value = rows.map((row) => {
    const definition = findDefinition(row.type);
    const id = `${row.resource_id}/operations/${row.id}`;
    return { ...operationBody(id, row), resourceType: definition === undefined ? row.type : fullType(definition) };
  });
  return reply.send({ value, nextLink: null });
}
