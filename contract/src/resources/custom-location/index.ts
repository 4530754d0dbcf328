import { defineResource } from "../define-resource.ts";
import { CustomLocationOutput, CustomLocationProperties } from "./properties.ts";

/** A namespace of a connected cluster as a place where resources can be made: `Microsoft.ExtendedLocation/customLocations`. */
export const customLocation = defineResource({
  namespace: "Microsoft.ExtendedLocation",
  type: "customLocations",
  typeField: "Microsoft.ExtendedLocation/customLocations",
  singular: "custom location",
  apiVersions: ["2021-08-15", "2021-08-31-preview"],
  providerApiVersion: "2021-08-15",
  tracked: true,
  name: {
    pattern: /^[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?$/,
    rule: "1 to 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends",
  },
  properties: CustomLocationProperties,
  output: CustomLocationOutput,
  createOnly: ["hostResourceId", "namespace"],
  secrets: [],
  hasIdentity: false,
  patch: { fields: ["tags", "clusterExtensionIds", "displayName"], isAsync: false },
  states: { creating: "Succeeded", updating: "Succeeded" },
  example: {
    location: "westeurope",
    properties: {
      hostResourceId:
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/east",
      namespace: "apps",
    },
  },
});

export * from "./properties.ts";
