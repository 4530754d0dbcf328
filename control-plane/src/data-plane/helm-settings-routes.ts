/**
 * What tools that attach clusters ask for: which chart of the agents to install and with which values. Unmodified command-line
 * clients use `repositoryPath` (without scheme and port: they split at the colon) and turn each value into a `--set`.
 */
import {
  agentNames,
  ConnectedClusterProperties,
  connectedCluster,
  findDefinition,
  fullType,
  type HelmSettings,
  helmSettingsPath,
  InvalidResourceIdError,
  parseResourceId,
  type ResourceId,
  resourceKey,
  typeOf,
} from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { loadResource, type ResourceRow } from "../db/resources.ts";
import { invalid, invalidContent, resourceNotFound } from "../errors.ts";
import type { App } from "../http/app.ts";
import { identify, queryOf } from "../http/request-context.ts";
import { readJsonColumn } from "../json.ts";
import type { Services } from "../services.ts";

/** The cluster as it came from ARM; only its id is believed, the rest is read from the record. */
const Body = z.looseObject({ id: z.string().max(2048) });

function parseClusterId(body: unknown): ResourceId {
  const parsed = Body.safeParse(body);
  if (!parsed.success) throw invalidContent("The body must be the connected cluster, with its id.");
  try {
    const id = parseResourceId(parsed.data.id);
    if (findDefinition(typeOf(id)) === connectedCluster) return id;
  } catch (error) {
    if (!(error instanceof InvalidResourceIdError)) throw error;
    throw invalid(error.message, "id");
  }
  throw invalid(`'${parsed.data.id}' is not the id of a connected cluster.`, "id");
}

const releaseTrainOf = (request: FastifyRequest): string => queryOf(request, "releaseTrain") ?? "stable";

const repositoryPath = (publicUrl: string, version: string): string =>
  `${new URL(publicUrl).hostname}/charts/${agentNames.chart}:${version}`;

function valuesOf(services: Services, row: ResourceRow, releaseTrain: string): Record<string, string> {
  const { publicUrl, tenantId, pki, settings } = services;
  const { subscriptionId, resourceGroup = "" } = parseResourceId(row.id);
  const properties = ConnectedClusterProperties.parse(readJsonColumn(row.properties));
  return {
    "global.subscriptionId": subscriptionId,
    "global.resourceGroupName": resourceGroup,
    "global.resourceName": row.name,
    "global.location": row.location ?? "",
    "global.tenantId": tenantId,
    // Empty: the agents find out from the nodes.
    "global.kubernetesDistro": properties.distribution ?? "",
    "global.kubernetesInfra": properties.infrastructure ?? "",
    "global.caBundle": Buffer.from(pki.caPem).toString("base64"),
    "systemDefaultValues.image.repository": settings.agentImage,
    "systemDefaultValues.azureResourceManagerEndpoint": publicUrl,
    "systemDefaultValues.activeDirectoryEndpoint": publicUrl,
    "systemDefaultValues.azureArcAgents.config_dp_endpoint_override": publicUrl,
    "systemDefaultValues.azureArcAgents.releaseTrain": releaseTrain,
    "systemDefaultValues.azureArcAgents.autoUpdate": String(properties.arcAgentProfile.agentAutoUpgrade === "Enabled"),
  };
}

/** Registers `/azure-arc-k8sagents/…`. */
export function registerHelmSettingsRoutes(app: App, services: Services): void {
  const { catalogue, store, publicUrl } = services;
  const base = helmSettingsPath.slice(0, helmSettingsPath.lastIndexOf("/"));

  app.post(`${base}/healthCheck`, async (request) => {
    await identify(services, request);
    return {};
  });

  app.post(helmSettingsPath, async (request): Promise<HelmSettings> => {
    const caller = await identify(services, request);
    const id = parseClusterId(request.body);
    const text = Body.parse(request.body).id;
    await services.authorize(caller, `${fullType(connectedCluster)}/read`, text);
    const row = await loadResource(store.read, resourceKey(text));
    if (row === undefined) {
      throw resourceNotFound(fullType(connectedCluster), id.segments[0]?.name ?? "", id.resourceGroup ?? "");
    }
    const { arcAgentProfile } = ConnectedClusterProperties.parse(readJsonColumn(row.properties));
    const desiredAgentVersion =
      "desiredAgentVersion" in arcAgentProfile ? arcAgentProfile.desiredAgentVersion : undefined;
    const releaseTrain = releaseTrainOf(request);
    const chart = catalogue.agentChart({ version: desiredAgentVersion, releaseTrain });
    return {
      repositoryPath: repositoryPath(publicUrl, chart.version),
      helmValuesContent: valuesOf(services, row, releaseTrain),
      chart,
    };
  });

  app.post(`${base}/GetLatestHelmPackagePath`, async (request) => {
    await identify(services, request);
    const { version } = catalogue.agentChart({ releaseTrain: releaseTrainOf(request) });
    return { repositoryPath: repositoryPath(publicUrl, version) };
  });
}
