import { connectedCluster, definitions, resourceKey, splitPath } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { groupId } from "../arm/target.ts";
import type { Store } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import { apiVersionOf, identify } from "../http/request-context.ts";
import { pathOf } from "../http/request-path.ts";
import { patternOf } from "../http/resource-routes.ts";
import { paramOf } from "../http/routes.ts";
import { checkSubscription } from "../http/subscription.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { scopeKey } from "./permits.ts";

export const namespace = "Microsoft.Authorization";

const subscriptionPath = "/subscriptions/:subscriptionId";
const clusterPath = patternOf(connectedCluster);

/** A cluster, and its namespaces in both spellings of clients. */
export const clusterScopePaths: readonly string[] = [
  clusterPath,
  `${clusterPath}/namespaces/:namespace`,
  `${clusterPath}/providers/Microsoft.KubernetesConfiguration/namespaces/:namespace`,
];

/** The patterns of everything that a role can be held at. */
export const scopePaths: readonly string[] = [
  ...new Set([
    subscriptionPath,
    `${subscriptionPath}/resourceGroups/:group`,
    ...definitions.map(patternOf),
    ...clusterScopePaths,
  ]),
];

/** A request at a scope, by a caller who may make it. */
export interface ScopedCall {
  readonly caller: Caller;
  readonly scope: string;
}

/** Reads token, api-version and scope; then the caller must be allowed `Microsoft.Authorization/{action}` there. */
export async function beginAt(services: Services, request: FastifyRequest, action: string): Promise<ScopedCall> {
  const call = await identifyAt(services, request);
  await services.authorize(call.caller, `${namespace}/${action}`, call.scope);
  return call;
}

/** The same without a question of rights. */
export async function identifyAt(services: Services, request: FastifyRequest): Promise<ScopedCall> {
  const caller = await identify(services, request);
  apiVersionOf(request);
  return { caller, scope: scopeOf(services, request) };
}

/** The scope is what stands in the path before our own part; names keep the case of the caller. */
function scopeOf(services: Services, request: FastifyRequest): string {
  const subscription = checkSubscription(services, paramOf(request, "subscriptionId"));
  const path = `/${splitPath(pathOf(request)).join("/")}`;
  const before = path.slice(0, path.toLowerCase().lastIndexOf(`/providers/${namespace.toLowerCase()}/`));
  const [, , , , group, ...rest] = before.split("/");
  if (group === undefined) return subscription;
  return [groupId(services.subscriptionId, group), ...rest].join("/");
}

const clusterNamespace = /^(.*\/connectedclusters\/[^/]+)\/namespaces\/([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/;

/** The scope must be there: a grant on a name that somebody takes later would be a trap. A cluster's namespaces are its own affair. */
export async function requireScope(db: Store["read"], subscriptionId: string, scope: string): Promise<void> {
  const key = scopeKey(scope);
  if (key === scopeKey(`/subscriptions/${subscriptionId}`)) return;
  const holder = clusterNamespace.exec(key)?.[1] ?? key;
  const [group, resource] = await Promise.all([
    db.selectFrom("resource_groups").select("key").where("key", "=", holder).executeTakeFirst(),
    db.selectFrom("resources").select("key").where("key", "=", resourceKey(holder)).executeTakeFirst(),
  ]);
  if (group ?? resource) return;
  throw new DomainError(
    "ResourceNotFound",
    `The scope '${scope}' does not exist. A role can be held at the subscription, a resource group, a resource, or a namespace of a cluster.`,
  );
}
