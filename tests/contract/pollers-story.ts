// Run as a process of its own by pollers.test.ts, for the reasons that azure-sdk-story.ts gives. Unmodified clients, side by side, make
// clusters with a child, follow the operations and delete them. The clusters do what they are told once standard input has ended. Prints
// a JSON line for each client that follows an operation, and one when it has ended.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Connection, connectedCluster, extension } from "@arcfleet/contract";
import { createArmClient, readSettings } from "@arcfleet/provider/inventory";
import { ConnectedKubernetesClient } from "@azure/arm-hybridkubernetes";
import { SourceControlConfigurationClient } from "@azure/arm-kubernetesconfiguration";
import { ClientSecretCredential } from "@azure/identity";
import { onboardingKey } from "../support/onboarding-key.ts";
import { type SimulatedAgent, simulatedAgent } from "../support/simulated-agent.ts";

const [connectionFile = "", groupName = "", atOnce = "1"] = process.argv.slice(2);
const connection = Connection.parse(JSON.parse(readFileSync(connectionFile, "utf8")));
const { subscriptionId, tenantId, clientId, clientSecret, authority, endpoint } = connection;
const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
  authorityHost: authority,
  disableInstanceDiscovery: true,
});
const clusters = new ConnectedKubernetesClient(credential, subscriptionId, { endpoint }).connectedClusterOperations;
const configuration = new SourceControlConfigurationClient(credential, subscriptionId, { endpoint });
const arm = createArmClient(readSettings({ ARCFLEET_CONNECTION: connectionFile }, {}));
const group = `/subscriptions/${subscriptionId}/resourceGroups/${groupName}`;

/** The agents of a cluster, which have budgets of their own. */
async function agentOf(id: string, key: ReturnType<typeof onboardingKey>) {
  const agent = await simulatedAgent(connection, id, key);
  await agent.heartbeat();
  return agent;
}

const tell = (line: { readonly client: string; readonly waits?: boolean; readonly result?: unknown }): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};
const mayEnd = once(process.stdin.resume(), "end");

/** Follows an operation, which ends when the cluster has done its work. */
async function follow<T>(client: string, agent: SimulatedAgent, ending: Promise<T>): Promise<T> {
  tell({ client, waits: true });
  const [ended] = await Promise.all([ending, mayEnd.then(() => agent.settle())]);
  return ended;
}

/** With the JavaScript SDK. */
async function bySdk(name: string): Promise<unknown> {
  const key = onboardingKey();
  const { id = "" } = await clusters.beginCreateAndWait(groupName, name, {
    location: "West Europe",
    identity: { type: "SystemAssigned" },
    agentPublicKeyCertificate: key.publicKeyBase64,
  });
  const agent = await agentOf(id, key);
  const place = [groupName, "Microsoft.Kubernetes", "connectedClusters", name] as const;
  const installing = await configuration.extensions.beginCreate(...place, "flux", { extensionType: "microsoft.flux" });
  const { provisioningState } = await follow(name, agent, installing.pollUntilDone());
  await clusters.beginDeleteAndWait(groupName, name);
  return provisioningState;
}

/** With the client of the provider, which is axios. */
async function byProvider(name: string): Promise<unknown> {
  const key = onboardingKey();
  const id = `${group}/providers/Microsoft.Kubernetes/connectedClusters/${name}`;
  const wait = async ({ operation }: { operation?: string } = {}) => {
    if (operation !== undefined) await arm.poll(operation, { timeoutMs: 300_000 });
  };
  await wait(
    await arm.put(id, connectedCluster.providerApiVersion, {
      location: "westeurope",
      identity: { type: "SystemAssigned" },
      properties: { agentPublicKeyCertificate: key.publicKeyBase64 },
    }),
  );
  const agent = await agentOf(id, key);
  const child = `${id}/providers/Microsoft.KubernetesConfiguration/extensions/flux`;
  const installing = await arm.put(child, extension.providerApiVersion, {
    properties: { extensionType: "microsoft.flux" },
  });
  await follow(name, agent, wait(installing));
  const { properties } = (await arm.get(child, extension.providerApiVersion)) ?? {};
  await wait(await arm.delete(id, connectedCluster.providerApiVersion));
  return properties?.provisioningState;
}

const run = async (client: string, work: (name: string) => Promise<unknown>, at: number): Promise<void> => {
  const name = `${client}-${at}`;
  tell({ client: name, result: await work(name).catch((error: unknown) => String(error)) });
};
await Promise.all(
  Array.from({ length: Number(atOnce) }, (_, at) => [run("sdk", bySdk, at), run("provider", byProvider, at)]).flat(),
);
