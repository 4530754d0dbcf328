import { agentNames } from "@arcfleet/contract";
import { expect, test } from "@jest/globals";
import { startOverWhenMoved } from "../../src/fluxconfig-agent/start-over-when-moved.ts";
import { ClusterSettings } from "../../src/runtime/cluster-settings.ts";
import { configMaps, parseSettings, StartOver, toClusterIdentity } from "../../src/runtime/index.ts";
import { createMemoryKube } from "../support/memory-kube.ts";
import { silentLog } from "../support/silent-log.ts";

const settings = {
  AZURE_SUBSCRIPTION_ID: "s",
  AZURE_RESOURCE_GROUP: "fleet",
  AZURE_RESOURCE_NAME: "east",
  AZURE_TENANT_ID: "t",
  AZURE_REGION: "westeurope",
  AZURE_ARC_AGENT_VERSION: "1.40.0",
  ARCFLEET_ENDPOINT: "https://arc.example.com",
};
const metadata = { name: agentNames.clusterConfigMap, namespace: agentNames.namespace };

test("the agents of an extension start over when the cluster gets another record, and for nothing less", async () => {
  const kube = createMemoryKube();
  await kube.apply(configMaps, { metadata, data: settings });
  const known = toClusterIdentity(parseSettings(ClusterSettings, settings));
  const stop = new AbortController();
  const watching = startOverWhenMoved(kube, known, silentLog)(stop.signal);
  await kube.apply(configMaps, { metadata, data: { ...settings, AZURE_REGION: "northeurope" } });
  await kube.delete(configMaps, metadata);
  await kube.apply(configMaps, { metadata, data: { ...settings, AZURE_RESOURCE_NAME: "east-northeurope-1" } });
  await expect(watching).rejects.toThrow(StartOver);
  await expect(watching).rejects.toThrow("connectedClusters/east-northeurope-1");
});

test("they end quietly when they are stopped", async () => {
  const kube = createMemoryKube();
  await kube.apply(configMaps, { metadata, data: settings });
  const stop = new AbortController();
  const watching = startOverWhenMoved(
    kube,
    toClusterIdentity(parseSettings(ClusterSettings, settings)),
    silentLog,
  )(stop.signal);
  stop.abort();
  await expect(watching).resolves.toBeUndefined();
});
