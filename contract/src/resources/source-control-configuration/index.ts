import { connectedCluster } from "../connected-cluster/index.ts";
import { defineResource } from "../define-resource.ts";
import { SourceControlConfigurationOutput, SourceControlConfigurationProperties } from "./properties.ts";

/**
 * What fluxConfigurations replaced: `Microsoft.KubernetesConfiguration/sourceControlConfigurations`. Here so that programs that have
 * some can be moved step by step; Flux v2 delivers it.
 */
export const sourceControlConfiguration = defineResource({
  namespace: "Microsoft.KubernetesConfiguration",
  type: "sourceControlConfigurations",
  typeField: "Microsoft.KubernetesConfiguration/sourceControlConfigurations",
  singular: "source control configuration",
  parent: connectedCluster,
  apiVersions: ["2023-05-01", "2022-11-01", "2022-07-01", "2022-03-01", "2021-03-01"],
  providerApiVersion: "2023-05-01",
  tracked: false,
  name: {
    pattern: /^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/,
    rule: "1 to 30 lower-case letters, digits and hyphens, with a letter or digit at both ends",
  },
  properties: SourceControlConfigurationProperties,
  output: SourceControlConfigurationOutput,
  createOnly: ["operatorNamespace", "operatorInstanceName", "operatorScope"],
  secrets: ["configurationProtectedSettings"],
  hasIdentity: false,
  patch: { fields: [], isAsync: false },
  states: { creating: "Accepted", updating: "Accepted" },
  example: { properties: { repositoryUrl: "https://example.com/fleet.git", operatorParams: "--git-branch=main" } },
});

export * from "./operator-params.ts";
export * from "./properties.ts";
