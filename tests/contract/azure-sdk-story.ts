// Run as a process of its own by azure-sdk.test.ts, the way users run the SDKs: NODE_EXTRA_CA_CERTS names the control
// plane's CA, nothing else is special. (Inside Jest the SDKs cannot be loaded at all.) Prints one JSON line per step.
import { readFileSync } from "node:fs";
import { Connection } from "@arcfleet/contract";
import { ConnectedKubernetesClient } from "@azure/arm-hybridkubernetes";
import { SourceControlConfigurationClient } from "@azure/arm-kubernetesconfiguration";
import { ResourceGraphClient } from "@azure/arm-resourcegraph";
import { ClientSecretCredential } from "@azure/identity";
import { onboardingKey } from "../support/onboarding-key.ts";
import { simulatedAgent } from "../support/simulated-agent.ts";

const [connectionFile = "", groupName = ""] = process.argv.slice(2);
const connection = Connection.parse(JSON.parse(readFileSync(connectionFile, "utf8")));
const login = { authorityHost: connection.authority, disableInstanceDiscovery: true };
const credential = new ClientSecretCredential(connection.tenantId, connection.clientId, connection.clientSecret, login);
const options = { endpoint: connection.endpoint };
const clusters = new ConnectedKubernetesClient(credential, connection.subscriptionId, options)
  .connectedClusterOperations;
const configuration = new SourceControlConfigurationClient(credential, connection.subscriptionId, options);
const clusterName = "sdk-cluster";
const place = [groupName, "Microsoft.Kubernetes", "connectedClusters", clusterName] as const;

const tell = (step: string, value: unknown): void => {
  process.stdout.write(`${JSON.stringify({ step, value })}\n`);
};

/** The parts of an error that a program can act on. */
async function errorOf(work: Promise<unknown>): Promise<object> {
  try {
    return { result: await work };
  } catch (error) {
    const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string };
    return { code, statusCode, message };
  }
}

const key = onboardingKey();
const attached = await clusters.beginCreateAndWait(groupName, clusterName, {
  location: "West Europe",
  identity: { type: "SystemAssigned" },
  agentPublicKeyCertificate: key.publicKeyBase64,
  tags: { made: "by-sdk" },
});
tell("attach", attached);
const agent = await simulatedAgent(connection, attached.id ?? "", key);
await agent.heartbeat();

await clusters.update(groupName, clusterName, { tags: { made: "anew" } });
const listed: string[] = [];
for await (const { name, tags } of clusters.listByResourceGroup(groupName)) listed.push(`${name} ${tags?.made}`);
tell("list", listed);

// Another client, of a newer api-version, adds what the SDK does not know; then the SDK writes the whole cluster once more.
const { token } = await credential.getToken(`${connection.endpoint}/.default`);
const newer = async (method: string, body?: object) => {
  const answer = await fetch(`${connection.endpoint}${attached.id}?api-version=2025-08-01-preview`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as { properties: Record<string, unknown> };
};
const seen = await newer("GET");
await newer("PUT", {
  ...seen,
  properties: { ...seen.properties, azureHybridBenefit: "True", gateway: { enabled: true } },
});
const bySdk = await clusters.beginCreateAndWait(groupName, clusterName, {
  location: "West Europe",
  identity: { type: "SystemAssigned" },
  agentPublicKeyCertificate: key.publicKeyBase64,
  distribution: "by-sdk",
  tags: { made: "anew" },
});
const { azureHybridBenefit, gateway, distribution } = (await newer("GET")).properties;
tell("mixed", { bySdk: bySdk.distribution, azureHybridBenefit, gateway, distribution });

const installing = await configuration.extensions.beginCreate(...place, "flux", {
  extensionType: "microsoft.flux",
  configurationProtectedSettings: { token: "s3cret" },
});
await agent.settle();
tell("extension", await installing.pollUntilDone());

const flux = configuration.fluxConfigurations;
const delivering = await flux.beginCreateOrUpdate(...place, "apps", {
  sourceKind: "GitRepository",
  gitRepository: { url: "https://example.com/fleet.git", repositoryRef: { branch: "main" } },
  kustomizations: { one: { path: "./one" } },
});
await agent.settle();
tell("flux", await delivering.pollUntilDone());
const updating = await flux.beginUpdate(...place, "apps", {
  kustomizations: { two: { path: "./two", dependsOn: ["one"] } },
});
await agent.settle();
await updating.pollUntilDone();
tell("patched", Object.keys((await flux.get(...place, "apps")).kustomizations ?? {}).sort());
// This client asks for tokens of the public cloud unless it is told the audience.
const credentials = { scopes: [`${connection.endpoint}/.default`] };
const graph = new ResourceGraphClient(credential, { ...options, credentials });
const query = "kubernetesconfigurationresources | project type = split(type, '/')[1], name | order by name asc";
const subscriptions = [connection.subscriptionId];
const firstPage = await graph.resources({ query, subscriptions, options: { top: 1 } });
const { skipToken } = firstPage;
const rest = await graph.resources({ query, subscriptions, options: { skipToken, resultFormat: "table" } });
tell("inventory", {
  total: firstPage.totalRecords,
  truncated: firstPage.resultTruncated,
  first: firstPage.data,
  rest: rest.data,
});
tell("wrong query", await errorOf(graph.resources({ query: "resources | render piechart" })));

const removing = await flux.beginDelete(...place, "apps");
await agent.settle();
await removing.pollUntilDone();
tell("removed", await errorOf(flux.get(...place, "apps")));

await clusters.beginDeleteAndWait(groupName, clusterName);
await clusters.beginDeleteAndWait(groupName, clusterName);
tell("detached", await errorOf(clusters.get(groupName, clusterName)));

const wrong = new ClientSecretCredential(connection.tenantId, connection.clientId, "wrong", login);
tell("wrong secret", await errorOf(wrong.getToken(`${connection.endpoint}/.default`)));
