/** What clients read before they come to resources: the cloud, tenants, subscriptions, providers. */
import { z } from "zod";
import { definitions } from "../resources/registry.ts";
import type { Operation } from "./operation.ts";
import { subscriptionPath } from "./path-parameters.ts";
import { named } from "./schemas.ts";

/** What ARM itself answers takes any date; these are the ones that clients send. */
export const resourcesVersions = {
  apiVersions: ["2025-04-01", "2024-11-01", "2023-07-01", "2022-09-01", "2021-04-01"],
  takesAnyVersion: true,
} as const;

const base = {
  area: "Subscriptions and providers",
  method: "GET",
  access: { kind: "authenticated" },
  ...resourcesVersions,
} as const;

const listOf = (name: string, item: z.ZodType) => named(name, z.looseObject({ value: z.array(item) }));

const Tenant = named(
  "Tenant",
  z.looseObject({ id: z.string(), tenantId: z.string(), displayName: z.string(), defaultDomain: z.string() }),
);
const Subscription = named(
  "Subscription",
  z.looseObject({
    id: z.string(),
    subscriptionId: z.string(),
    tenantId: z.string(),
    displayName: z.string(),
    state: z.string(),
  }),
);
const Location = named(
  "Location",
  z.looseObject({ id: z.string(), name: z.string(), displayName: z.string(), regionalDisplayName: z.string() }),
);
const Provider = named(
  "Provider",
  z.looseObject({
    id: z.string(),
    namespace: z.string(),
    registrationState: z.string(),
    resourceTypes: z.array(
      z.looseObject({
        resourceType: z.string(),
        locations: z.array(z.string()),
        apiVersions: z.array(z.string()),
        capabilities: z.string(),
      }),
    ),
  }),
);
const ProviderOperation = named(
  "ProviderOperation",
  z.looseObject({
    name: z.string(),
    isDataAction: z.boolean(),
    display: z.looseObject({
      provider: z.string(),
      resource: z.string(),
      operation: z.string(),
      description: z.string(),
    }),
  }),
);
const CloudMetadata = named(
  "CloudMetadata",
  z.looseObject({
    name: z.string(),
    resourceManager: z.string(),
    authentication: z.looseObject({ loginEndpoint: z.string(), audiences: z.array(z.string()), tenant: z.string() }),
    suffixes: z.record(z.string(), z.string()),
  }),
);

const providersPath = `${subscriptionPath}/providers`;
const oneProvider = { 200: { description: "The provider.", schema: Provider } } as const;
const namespaces = [
  ...new Set(definitions.map(({ namespace }) => namespace)),
  "Microsoft.Resources",
  "Microsoft.Authorization",
  "microsoft.insights",
  "Microsoft.ResourceGraph",
];
const providerActions = listOf("ProviderOperationList", ProviderOperation);

export const subscriptionOperations: readonly Operation[] = [
  {
    id: "Metadata_Endpoints",
    area: base.area,
    method: "GET",
    path: "/metadata/endpoints",
    summary: "Describes this cloud, for clients that have no token yet.",
    access: { kind: "anyone" },
    query: z.object({
      "api-version": z.string().optional().describe("Versions of 2018 and 2019 answer a list, all others an object."),
    }),
    answers: {
      200: { description: "The cloud.", schema: z.union([CloudMetadata, z.array(CloudMetadata)]) },
    },
  },
  {
    ...base,
    id: "Tenants_List",
    path: "/tenants",
    summary: "Lists the one tenant.",
    answers: { 200: { description: "The tenants.", schema: listOf("TenantList", Tenant) } },
  },
  {
    ...base,
    id: "Subscriptions_List",
    path: "/subscriptions",
    summary: "Lists the subscriptions that the caller sees.",
    answers: { 200: { description: "The subscriptions.", schema: listOf("SubscriptionList", Subscription) } },
  },
  {
    ...base,
    id: "Subscriptions_Get",
    path: subscriptionPath,
    summary: "Reads the subscription; for who holds a role in it, whichever it is.",
    access: { kind: "action", action: "Microsoft.Resources/subscriptions/read", isFiltered: true },
    answers: { 200: { description: "The subscription.", schema: Subscription } },
  },
  {
    ...base,
    id: "Subscriptions_ListLocations",
    path: `${subscriptionPath}/locations`,
    summary: "Lists the locations that resources can have.",
    answers: { 200: { description: "The locations.", schema: listOf("LocationList", Location) } },
  },
  {
    ...base,
    id: "Providers_List",
    path: providersPath,
    summary: "Lists the resource providers with their types and api-versions.",
    answers: { 200: { description: "The providers.", schema: listOf("ProviderList", Provider) } },
  },
  {
    ...base,
    id: "Providers_Get",
    path: `${providersPath}/{namespace}`,
    summary: "Reads one resource provider. One that is not here is `NotRegistered`.",
    answers: oneProvider,
  },
  ...(["Register", "Unregister"] as const).map(
    (action): Operation => ({
      ...base,
      id: `Providers_${action}`,
      method: "POST",
      path: `${providersPath}/{namespace}/${action.toLowerCase()}`,
      summary: `${action}s a resource provider of another product: those that clients ask for always are registered.`,
      answers: oneProvider,
    }),
  ),
  ...(["Register", "Unregister"] as const).flatMap((action) =>
    [...new Set(definitions.map(({ namespace }) => namespace))].map(
      (namespace): Operation => ({
        ...base,
        access: { kind: "action", action: `${namespace}/${action.toLowerCase()}/action`, at: "the subscription" },
        id: `Providers_${action}${namespace.split(".").at(-1)}`,
        method: "POST",
        path: `${providersPath}/${namespace}/${action.toLowerCase()}`,
        summary:
          action === "Register"
            ? `Lets the subscription be written in under ${namespace}, as it can be from the beginning.`
            : `Keeps the subscription from being written in under ${namespace}; refused while there is something.`,
        answers: oneProvider,
      }),
    ),
  ),
  ...namespaces.map(
    (namespace): Operation => ({
      ...base,
      id: `Operations_List${namespace.split(".").at(-1)}`,
      path: `/providers/${namespace}/operations`,
      summary: `Lists the actions of ${namespace} that roles can allow.`,
      answers: { 200: { description: "The actions.", schema: providerActions } },
    }),
  ),
];
