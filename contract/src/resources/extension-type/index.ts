import { defineResource } from "../define-resource.ts";
import { ExtensionTypeOutput, ExtensionTypeProperties } from "./properties.ts";

/**
 * A team's own Helm chart as an extension type: `Arcfleet.Catalogue/extensionTypes`. The name of the record is the name by which
 * extensions ask for the type, so it is taken once in a subscription. Azure has no such resource: its catalogue is not open to users.
 */
export const extensionType = defineResource({
  namespace: "Arcfleet.Catalogue",
  type: "extensionTypes",
  typeField: "Arcfleet.Catalogue/extensionTypes",
  singular: "extension type",
  apiVersions: ["2026-11-01"],
  providerApiVersion: "2026-11-01",
  tracked: false,
  name: {
    // A registry's repository name and, with hyphens for dots, a namespace's.
    pattern: /^(?=.{1,63}$)[a-z0-9]+((\.|-+)[a-z0-9]+)*$/,
    rule: "1 to 63 lower-case letters and digits, with single dots or hyphens between them",
  },
  properties: ExtensionTypeProperties,
  output: ExtensionTypeOutput,
  createOnly: [],
  secrets: [],
  hasIdentity: false,
  patch: { fields: ["description", "publisher", "defaultReleaseNamespace", "scopes", "versions"], isAsync: false },
  operationNames: { group: "OwnExtensionTypes", put: "CreateOrUpdate" },
  states: { creating: "Succeeded", updating: "Succeeded" },
  example: { properties: {} },
});

/** Where the chart of a version is uploaded before the type names it, below the id of the type. */
export const chartPath = (typeId: string, digest: string): string => `${typeId}/charts/${digest}`;

export * from "./properties.ts";
