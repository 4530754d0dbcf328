import * as sdk from "@arcfleet/sdk";
import { expect, test } from "@jest/globals";

test("the public names are these; a change here is a change for every user", () => {
  expect(Object.keys(sdk).sort()).toEqual([
    "ConnectedCluster",
    "CustomLocation",
    "Extension",
    "ExtensionType",
    "Fleet",
    "FluxConfiguration",
    "Provider",
    "ResourceGroup",
    "RoleAssignment",
    "RolloutGate",
    "SourceControlConfiguration",
    "getConnectedCluster",
    "getConnectedClusterOutput",
    "getExtension",
    "getExtensionOutput",
    "getFluxConfiguration",
    "getFluxConfigurationOutput",
    "listConnectedClusters",
    "listConnectedClustersOutput",
    "listExtensionTypes",
    "listExtensionTypesOutput",
    "readKubeconfig",
  ]);
});
