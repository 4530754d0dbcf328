import { connectedCluster } from "../connected-cluster/index.ts";
import { defineResource } from "../define-resource.ts";
import { FluxConfigurationOutput, FluxConfigurationProperties, FluxConfigurationShown } from "./properties.ts";
import { fluxConfigurationVersions } from "./versions.ts";

/** A Git repository (or bucket, …) kept applied on a cluster: `Microsoft.KubernetesConfiguration/fluxConfigurations`. */
export const fluxConfiguration = defineResource({
  namespace: "Microsoft.KubernetesConfiguration",
  type: "fluxConfigurations",
  typeField: "Microsoft.KubernetesConfiguration/fluxConfigurations",
  singular: "flux configuration",
  parent: connectedCluster,
  apiVersions: [
    "2025-04-01",
    "2024-11-01",
    "2023-05-01",
    "2022-11-01",
    "2022-07-01",
    "2022-03-01",
    "2024-04-01-preview",
    "2022-01-01-preview",
  ],
  versionRules: fluxConfigurationVersions,
  providerApiVersion: "2025-04-01",
  tracked: false,
  name: {
    pattern: /^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/,
    rule: "1 to 30 lower-case letters, digits and hyphens, with a letter or digit at both ends",
  },
  properties: FluxConfigurationProperties,
  output: FluxConfigurationOutput,
  shown: FluxConfigurationShown,
  createOnly: ["scope", "namespace"],
  secrets: [
    "configurationProtectedSettings",
    "azureBlob.accountKey",
    "azureBlob.sasToken",
    "azureBlob.servicePrincipal.clientSecret",
    "azureBlob.servicePrincipal.clientCertificate",
    "azureBlob.servicePrincipal.clientCertificatePassword",
    "ociRepository.tlsConfig.caCertificate",
    "ociRepository.tlsConfig.clientCertificate",
    "ociRepository.tlsConfig.privateKey",
  ],
  hasIdentity: false,
  patch: {
    fields: [
      "sourceKind",
      "suspend",
      "gitRepository",
      "bucket",
      "azureBlob",
      "ociRepository",
      "kustomizations",
      "configurationProtectedSettings",
      "waitForReconciliation",
      "reconciliationWaitDuration",
    ],
    isAsync: true,
  },
  states: { creating: "Creating", updating: "Updating" },
  example: {
    properties: {
      sourceKind: "GitRepository",
      gitRepository: { url: "https://example.com/fleet.git", repositoryRef: { branch: "main" } },
      kustomizations: { apps: { path: "./apps" } },
    },
  },
});

export * from "./properties.ts";
