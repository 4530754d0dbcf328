// Declares and reads what the configuration value `spec` describes: see spec.ts.
import { ConnectedCluster, Extension, FluxConfiguration, ResourceGroup, RoleAssignment } from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";
import { Spec } from "./spec.ts";

const { declares, reads } = Spec.parse(JSON.parse(new Config().require("spec")));

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
  return { group: group.id, cluster: cluster.id, assignment: assignment.id, role: assignment.roleDefinitionId };
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

export const declared = declares && declareAll(declares);
export const read = reads && readAll(reads);
