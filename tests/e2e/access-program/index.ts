// Declares and reads what the configuration value `spec` describes: see spec.ts.
import {
  ConnectedCluster,
  Extension,
  FluxConfiguration,
  getConnectedCluster,
  getConnectedClusterOutput,
  getExtension,
  getFluxConfiguration,
  listConnectedClusters,
  listConnectedClustersOutput,
  Provider,
  ResourceGroup,
  RoleAssignment,
} from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";
import { Spec } from "./spec.ts";

const { declares, reads, looksUp } = Spec.parse(JSON.parse(new Config().require("spec")));

function declareAll({ group: args, roleDefinition }: NonNullable<typeof declares>) {
  const group = new ResourceGroup("group", args);
  const cluster = new ConnectedCluster("edge", {
    resourceGroup: group,
    location: "westeurope",
    tags: { ring: "canary" },
    agents: { install: false },
  });
  const assignment = new RoleAssignment("reader", {
    scope: group,
    roleDefinition,
    principalId: cluster.principalId,
  });
  // In the first preview there is no such group yet.
  const inGroup = listConnectedClustersOutput({ resourceGroup: group, tags: { ring: "canary" } });
  return {
    group: group.id,
    cluster: cluster.id,
    assignment: assignment.id,
    role: assignment.roleDefinitionId,
    found: inGroup.apply((clusters) => clusters.map(({ name }) => name)),
  };
}

function readAll(ids: NonNullable<typeof reads>) {
  const group = ResourceGroup.get("group", ids.group);
  const cluster = ConnectedCluster.get("cluster", ids.cluster);
  const extension = Extension.get("extension", ids.extension);
  const configuration = FluxConfiguration.get("configuration", ids.configuration);
  const assignment = RoleAssignment.get("assignment", ids.assignment);
  return {
    group: [group.name, group.location, group.tags],
    cluster: [cluster.name, cluster.resourceGroup, cluster.location, cluster.tags, cluster.connectivityStatus],
    extension: [extension.name, extension.extensionType, extension.provisioningState],
    configuration: [configuration.name, configuration.provisioningState],
    assignment: [assignment.scope, assignment.principalId, assignment.roleDefinitionId],
  };
}

async function lookUpAll({ group, cluster: id }: NonNullable<typeof looksUp>) {
  const names = async (filter: Parameters<typeof listConnectedClusters>[0]) =>
    (await listConnectedClusters(filter)).map(({ name }) => name);
  const other = new Provider("other", { connection: process.env.ARCFLEET_CONNECTION ?? "" });
  const elsewhere = getConnectedClusterOutput({ resourceGroup: group, name: "west" }, { provider: other });
  const wrong = await getConnectedCluster({ resourceGroup: group, name: "nowhere" }).catch(String);
  const { connectivityStatus, lastConnectivityTime } = await getConnectedCluster({ id });
  return {
    all: await names({}),
    inGroup: await names({ resourceGroup: group }),
    tagged: await names({ tags: { RING: "stable" } }),
    taggedOtherwise: await names({ tags: { ring: "stable", more: "x" } }),
    connected: await names({ connectivityStatus: ["Connected", "Offline"], location: "West Europe" }),
    oneVersion: await names({ kubernetesVersion: "1.34", agentVersion: "1.40.0" }),
    otherVersion: await names({ kubernetesVersion: "1.3" }),
    cluster: { connectivityStatus, wasSeen: lastConnectivityTime !== undefined },
    extension: (await getExtension({ cluster: id, name: "flux" })).extensionType,
    configuration: (await getFluxConfiguration({ cluster: id, name: "apps" })).statuses,
    elsewhere: elsewhere.name,
    wrong,
  };
}

export const declared = declares && declareAll(declares);
export const read = reads && readAll(reads);
export const found = looksUp && lookUpAll(looksUp);
