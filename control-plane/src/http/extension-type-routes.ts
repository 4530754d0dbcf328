/**
 * Which extension types there are, as `Microsoft.KubernetesConfiguration` shows them by location and by cluster. Here all of them can
 * be had everywhere, so that both lists are the same.
 */
import { connectedCluster, extension, fullType, normalizeLocation } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { major } from "semver";
import { locationNames } from "../arm/locations.ts";
import { groupId } from "../arm/target.ts";
import { type ExtensionTypeEntry, isOnTrain } from "../catalogue/extension-type-entry.ts";
import { loadResource } from "../db/resources.ts";
import { DomainError, resourceNotFound } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { nextLink, pageOf } from "./paging.ts";
import { apiVersionOf, identify, queryOf } from "./request-context.ts";
import { patternOf } from "./resource-routes.ts";
import { addRoute, type Handler, paramOf } from "./routes.ts";
import { checkSubscription } from "./subscription.ts";

const type = `${extension.namespace}/extensionTypes`;
const apiVersions = ["2023-05-01-preview", "2022-01-15-preview", "2024-11-01-preview"];

/** Where the types are looked at: the id that theirs begin with. */
type Scope = (services: Services, request: FastifyRequest) => Promise<string>;

export function registerExtensionTypeRoutes(app: App, services: Services): void {
  const byLocation = `/subscriptions/:subscriptionId/providers/${extension.namespace}/locations/:location/extensionTypes`;
  const byCluster = `${patternOf(connectedCluster)}/providers/${type}`;
  for (const [path, scope] of [
    [byLocation, locationScope],
    [byCluster, clusterScope],
  ] as const) {
    const get = (handler: (request: FastifyRequest, reply: FastifyReply, scope: string) => Promise<unknown>) => ({
      GET: (async (request, reply) => handler(request, reply, await scope(services, request))) satisfies Handler,
    });
    addRoute(
      app,
      path,
      get((request, reply, at) => listTypes(services, request, reply, at)),
    );
    addRoute(
      app,
      `${path}/:type`,
      get(async (request, _reply, at) => presentType(at, await requireType(services, request), request)),
    );
    addRoute(
      app,
      `${path}/:type/versions`,
      get((request, _reply, at) => listVersions(services, request, at)),
    );
    addRoute(
      app,
      `${path}/:type/versions/:version`,
      get((request, _reply, at) => getVersion(services, request, at)),
    );
  }
}

/** The first version said what a type has and not what it is. */
const isFirstVersion = (request: FastifyRequest): boolean => apiVersionOf(request) === "2022-01-15-preview";

async function authorizeRead(services: Services, request: FastifyRequest, scope: string): Promise<void> {
  const caller = await identify(services, request);
  apiVersionOf(request, { type, versions: apiVersions });
  await services.authorize(caller, `${type}/read`, scope);
}

const locationScope: Scope = async (services, request) => {
  const subscription = checkSubscription(services, paramOf(request, "subscriptionId"));
  await authorizeRead(services, request, subscription);
  const location = normalizeLocation(paramOf(request, "location"));
  if (!locationNames.includes(location)) {
    throw new DomainError(
      "LocationNotAvailableForResourceType",
      `There is no location '${location}'. Available are: ${locationNames.join(", ")}.`,
    );
  }
  return `${subscription}/providers/${extension.namespace}/locations/${paramOf(request, "location")}/extensionTypes`;
};

const clusterScope: Scope = async (services, request) => {
  checkSubscription(services, paramOf(request, "subscriptionId"));
  const [group, name] = [paramOf(request, "group"), paramOf(request, "name0")];
  const id = `${groupId(services.subscriptionId, group)}/providers/${fullType(connectedCluster)}/${name}`;
  await authorizeRead(services, request, id);
  if (!(await loadResource(services.store.read, id.toLowerCase()))) {
    throw resourceNotFound(fullType(connectedCluster), name, group);
  }
  return `${id}/providers/${type}`;
};

/** Filters by publisher and plan find nothing: those are of a marketplace, which there is none of here. */
const isFromMarketplace = (request: FastifyRequest): boolean =>
  ["publisherId", "offerId", "planId"].some((name) => queryOf(request, name) !== undefined);

const clusterTypes: readonly string[] = [connectedCluster.type];

/** Clients ask for the types of one kind of cluster; here is one kind. */
function fitsClusterType(request: FastifyRequest): boolean {
  const wanted = queryOf(request, "clusterType")?.toLowerCase();
  return wanted === undefined || clusterTypes.some((each) => each.toLowerCase() === wanted);
}

async function listTypes(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  scope: string,
): Promise<unknown> {
  if (!fitsClusterType(request) || isFromMarketplace(request)) return reply.send({ value: [], nextLink: null });
  const { pageSize, after } = pageOf(request);
  const train = queryOf(request, "releaseTrain");
  const prefix = `${scope.toLowerCase()}/`;
  const types = await services.extensionTypes.list({
    after: after?.startsWith(prefix) ? after.slice(prefix.length) : "",
    limit: pageSize + 1,
  });
  const last = types.length > pageSize ? types[pageSize - 1] : undefined;
  return reply.send({
    value: types
      .slice(0, pageSize)
      .filter(({ versions }) => train === undefined || versions.some((each) => isOnTrain(each, train)))
      .map((each) => presentType(scope, each, request)),
    nextLink: last && nextLink(services.publicUrl, request, `${prefix}${last.name.toLowerCase()}`),
  });
}

async function requireType(services: Services, request: FastifyRequest): Promise<ExtensionTypeEntry> {
  const name = paramOf(request, "type");
  const found = await services.extensionTypes.find(name);
  if (found !== undefined) return found;
  throw new DomainError("ResourceNotFound", `There is no extension type '${name}'.`);
}

async function listVersions(services: Services, request: FastifyRequest, scope: string): Promise<unknown> {
  const found = await requireType(services, request);
  const train = queryOf(request, "releaseTrain");
  const majorVersion = queryOf(request, "majorVersion");
  if (!fitsClusterType(request)) return { value: [], nextLink: null };
  const versions = found.versions
    .filter((each) => train === undefined || isOnTrain(each, train))
    .filter(({ version }) => majorVersion === undefined || String(major(version)) === majorVersion);
  const isLatestOnly = queryOf(request, "showLatest")?.toLowerCase() === "true";
  return {
    value: versions.slice(0, isLatestOnly ? 1 : undefined).map(({ version }) => presentVersion(scope, found, version)),
    nextLink: null,
  };
}

async function getVersion(services: Services, request: FastifyRequest, scope: string): Promise<unknown> {
  const found = await requireType(services, request);
  const version = paramOf(request, "version");
  if (found.versions.some((each) => each.version === version)) return presentVersion(scope, found, version);
  throw new DomainError("ResourceNotFound", `The extension type '${found.name}' has no version '${version}'.`);
}

function presentType(scope: string, entry: ExtensionTypeEntry, request: FastifyRequest): JsonObject {
  const isClusterWide = entry.scopes.includes("cluster");
  const supportedScopes = {
    defaultScope: isClusterWide ? "cluster" : "namespace",
    clusterScopeSettings: isClusterWide
      ? { allowMultipleInstances: false, defaultReleaseNamespace: entry.defaultReleaseNamespace }
      : null,
  };
  const releaseTrains = [...new Set(entry.versions.flatMap((each) => each.releaseTrains))];
  if (isFirstVersion(request)) {
    const properties = { releaseTrains, clusterTypes: clusterTypes[0], supportedScopes };
    return { id: `${scope}/${entry.name}`, name: entry.name, type, properties };
  }
  return {
    id: `${scope}/${entry.name}`,
    name: entry.name,
    type,
    properties: {
      extensionType: entry.name,
      isSystemExtension: false,
      isManagedIdentityRequired: false,
      description: entry.description ?? "",
      publisher: entry.publisher,
      planInfo: null,
      supportedClusterTypes: clusterTypes,
      supportedScopes,
    },
  };
}

const presentVersion = (scope: string, entry: ExtensionTypeEntry, version: string): JsonObject => ({
  id: `${scope}/${entry.name}/versions/${version}`,
  name: version,
  type: `${type}/versions`,
  properties: {
    version,
    unsupportedKubernetesVersions: {
      connectedCluster: null,
      provisionedCluster: null,
      managedCluster: null,
      appliances: null,
    },
    supportedClusterTypes: clusterTypes,
  },
});
