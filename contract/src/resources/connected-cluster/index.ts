import type { z } from "zod";
import { defineResource } from "../define-resource.ts";
import { ConnectedClusterOutput, ConnectedClusterProperties, ConnectedClusterShown } from "./properties.ts";
import { connectedClusterVersions } from "./versions.ts";

/** A Kubernetes cluster attached to the control plane: `Microsoft.Kubernetes/connectedClusters`. */
export const connectedCluster = defineResource({
  namespace: "Microsoft.Kubernetes",
  type: "connectedClusters",
  typeField: "microsoft.kubernetes/connectedclusters",
  singular: "connected cluster",
  apiVersions: [
    "2026-05-01",
    "2026-03-01",
    "2024-01-01",
    "2021-10-01",
    "2021-03-01",
    "2026-02-01-preview",
    "2025-12-01-preview",
    "2025-08-01-preview",
    "2024-12-01-preview",
    "2024-07-15-preview",
    "2024-07-01-preview",
    "2024-06-01-preview",
    "2024-02-01-preview",
    "2023-11-01-preview",
    "2022-10-01-preview",
    "2022-05-01-preview",
    "2021-04-01-preview",
    "2020-01-01-preview",
  ],
  versionRules: connectedClusterVersions,
  providerApiVersion: "2024-07-01-preview",
  tracked: true,
  name: {
    pattern: /^[-_a-zA-Z0-9]{1,260}$/,
    rule: "1 to 260 letters, digits, hyphens and underscores",
  },
  properties: ConnectedClusterProperties,
  output: ConnectedClusterOutput,
  shown: ConnectedClusterShown,
  createOnly: ["movedFrom"],
  secrets: ["arcAgentryConfigurations.*.protectedSettings"],
  hasIdentity: true,
  envelope: ["kind"],
  kinds: ["ProvisionedCluster", "AWS", "GCP"],
  patch: {
    fields: ["tags", "distribution", "distributionVersion", "azureHybridBenefit"],
    isAsync: false,
    later: { since: "2025-12-01-preview", fields: ["gateway"] },
  },
  operationNames: { group: "ConnectedCluster", put: "Create" },
  states: { creating: "Succeeded", updating: "Succeeded" },
  example: { location: "westeurope", properties: { agentPublicKeyCertificate: "" } },
});

export * from "./credential.ts";
export * from "./properties.ts";
export type ConnectedClusterInput = z.input<typeof ConnectedClusterProperties>;
