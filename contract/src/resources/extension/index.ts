import { connectedCluster } from "../connected-cluster/index.ts";
import { defineResource } from "../define-resource.ts";
import { ExtensionOutput, ExtensionProperties, ExtensionShown } from "./properties.ts";
import { extensionVersions } from "./versions.ts";

/** A Helm chart from the catalogue, kept installed on a cluster: `Microsoft.KubernetesConfiguration/extensions`. */
export const extension = defineResource({
  namespace: "Microsoft.KubernetesConfiguration",
  type: "extensions",
  typeField: "Microsoft.KubernetesConfiguration/extensions",
  singular: "extension",
  parent: connectedCluster,
  apiVersions: ["2025-03-01", "2024-11-01", "2023-05-01", "2022-11-01", "2022-07-01", "2022-03-01", "2021-09-01"],
  versionRules: extensionVersions,
  providerApiVersion: "2025-03-01",
  tracked: false,
  name: {
    pattern: /^[a-zA-Z0-9][-a-zA-Z0-9.]{0,252}$/,
    rule: "1 to 253 letters, digits, hyphens and dots, beginning with a letter or digit",
  },
  properties: ExtensionProperties,
  output: ExtensionOutput,
  shown: ExtensionShown,
  createOnly: ["extensionType", "scope"],
  secrets: ["configurationProtectedSettings"],
  hasIdentity: true,
  envelope: ["plan", "managedBy"],
  patch: {
    fields: [
      "autoUpgradeMinorVersion",
      "autoUpgradeMode",
      "releaseTrain",
      "version",
      "configurationSettings",
      "configurationProtectedSettings",
    ],
    isAsync: true,
  },
  operationNames: { group: "Extensions", put: "Create" },
  states: { creating: "Creating", updating: "Updating" },
  example: { properties: { extensionType: "microsoft.flux" } },
});

export * from "./properties.ts";
