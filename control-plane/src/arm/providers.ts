import { definitions, resourceGraphApiVersions } from "@arcfleet/contract";
import { locations } from "./locations.ts";
import { otherNamespaces } from "./other-providers.ts";

export interface ProviderType {
  readonly resourceType: string;
  readonly locations: readonly string[];
  readonly apiVersions: readonly string[];
  readonly capabilities: string;
}

export interface Provider {
  readonly namespace: string;
  readonly resourceTypes: readonly ProviderType[];
  /** Actions besides those on the types of the registry. */
  readonly actions?: readonly { readonly name: string; readonly description: string }[];
}

const displayNames = locations.map(({ displayName }) => displayName);
const resourceVersions = ["2025-04-01", "2024-11-01", "2023-07-01", "2022-09-01", "2021-04-01"];

/** What clients ask for besides our own types. Registered, so that nobody begins to register them. */
const surroundings: readonly Provider[] = [
  {
    namespace: "Microsoft.Resources",
    resourceTypes: [
      "tenants",
      "subscriptions",
      "subscriptions/locations",
      "subscriptions/providers",
      "subscriptions/resourceGroups",
      "subscriptions/resources",
      "resourceGroups",
      "resources",
      "providers",
      "tags",
      "operationresults",
      "deployments",
      "deployments/operations",
    ].map((resourceType) => ({
      resourceType,
      locations: displayNames,
      apiVersions: resourceVersions,
      capabilities: "SupportsTags",
    })),
  },
  {
    namespace: "Microsoft.Authorization",
    resourceTypes: ["roleAssignments", "roleDefinitions"].map((resourceType) => ({
      resourceType,
      locations: [],
      apiVersions: ["2022-04-01"],
      capabilities: "SupportsExtension",
    })),
  },
  // In lower case, as Azure spells this one.
  {
    namespace: "microsoft.insights",
    resourceTypes: [
      { resourceType: "eventtypes", locations: [], apiVersions: ["2015-04-01", "2014-04-01"], capabilities: "None" },
    ],
  },
  {
    namespace: "Microsoft.ResourceGraph",
    resourceTypes: [
      {
        resourceType: "resources",
        locations: [],
        apiVersions: resourceGraphApiVersions,
        capabilities: "None",
      },
      { resourceType: "operations", locations: [], apiVersions: resourceGraphApiVersions, capabilities: "None" },
    ],
    actions: [
      { name: "Microsoft.ResourceGraph/resources/read", description: "Asks questions about what one may read." },
      { name: "Microsoft.ResourceGraph/operations/read", description: "Lists what Resource Graph offers." },
    ],
  },
  ...otherNamespaces.map((namespace) => ({ namespace, resourceTypes: [] })),
];

/** Every provider namespace, ours derived from the registry of types. */
export const providers: readonly Provider[] = [
  ...[...Map.groupBy(definitions, ({ namespace }) => namespace)].map(([namespace, types]) => ({
    namespace,
    resourceTypes: [
      ...types.map((definition) => ({
        resourceType: definition.type,
        locations: displayNames,
        apiVersions: definition.apiVersions,
        capabilities: [
          ...(definition.hasIdentity ? ["SystemAssignedResourceIdentity"] : []),
          ...(definition.tracked ? ["SupportsTags", "SupportsLocation"] : ["SupportsExtension"]),
        ].join(", "),
      })),
      ...["locations", "locations/operationStatuses", "operations"].map((resourceType) => ({
        resourceType,
        locations: displayNames,
        apiVersions: types[0]?.apiVersions ?? [],
        capabilities: "None",
      })),
    ],
  })),
  ...surroundings,
];

export const findProvider = (namespace: string): Provider | undefined =>
  providers.find((provider) => provider.namespace.toLowerCase() === namespace.toLowerCase());
