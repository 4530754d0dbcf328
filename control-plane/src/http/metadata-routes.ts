import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { queryOf } from "./request-context.ts";
import { addRoute } from "./routes.ts";

/**
 * The description of this "cloud", read by every client before it has a token. One object for most readers; a list of them for the
 * api-version that reads clouds from a URL: each form breaks the other reader.
 */
export function registerMetadataRoutes(app: App, services: Services): void {
  const document = describeCloud(services);
  addRoute(app, "/metadata/endpoints", {
    GET: async (request, reply) => {
      const version = queryOf(request, "api-version") ?? "";
      return reply.send(version.startsWith("2019-") || version.startsWith("2018-") ? [document] : document);
    },
  });
}

function describeCloud({ publicUrl }: Services) {
  const { hostname } = new URL(publicUrl);
  // Nothing is called under these names, but some clients refuse to start when one is missing.
  const suffix = (name: string): string => `${name}.${hostname}`;
  return {
    name: "arcfleet",
    portal: publicUrl,
    resourceManager: publicUrl,
    // Not our tenant: Terraform takes any cloud that says another word than `common` for an Azure Stack, and refuses it.
    authentication: { loginEndpoint: publicUrl, audiences: [publicUrl], tenant: "common", identityProvider: "AAD" },
    graph: publicUrl,
    graphAudience: publicUrl,
    microsoftGraphResourceId: `${publicUrl}/`,
    gallery: publicUrl,
    batch: publicUrl,
    media: publicUrl,
    sqlManagement: publicUrl,
    vmImageAliasDoc: publicUrl,
    activeDirectoryDataLake: publicUrl,
    appInsightsResourceId: publicUrl,
    logAnalyticsResourceId: publicUrl,
    ossrDbmsResourceId: publicUrl,
    synapseAnalyticsResourceId: publicUrl,
    attestationResourceId: publicUrl,
    suffixes: {
      acrLoginServer: suffix("acr"),
      keyVaultDns: suffix("vault"),
      mhsmDns: suffix("managedhsm"),
      storage: suffix("storage"),
      storageSyncEndpointSuffix: suffix("afs"),
      sqlServerHostname: suffix("database"),
      mysqlServerEndpoint: suffix("mysql"),
      postgresqlServerEndpoint: suffix("postgres"),
      mariadbServerEndpoint: suffix("mariadb"),
      azureDataLakeStoreFileSystem: suffix("datalakestore"),
      azureDataLakeAnalyticsCatalogAndJob: suffix("datalakeanalytics"),
      azureFrontDoorEndpointSuffix: suffix("azurefd"),
      synapseAnalytics: suffix("synapse"),
      attestationEndpoint: suffix("attest"),
      relayEndpointSuffix: hostname,
    },
    dataplaneEndpoints: {
      arcConfigEndpoint: publicUrl,
      arcGlobalNotificationServiceEndpoint: publicUrl,
      arcHybridIdentityServiceEndpoint: publicUrl,
    },
  };
}
