/** Which extension types there are, by location and by cluster; and the charts that own types are made of. */
import { z } from "zod";
import { connectedCluster } from "../resources/connected-cluster/index.ts";
import { fullType } from "../resources/define-resource.ts";
import { extension } from "../resources/extension/index.ts";
import { chartPath, extensionType } from "../resources/extension-type/index.ts";
import type { Operation } from "./operation.ts";
import { itemPath, subscriptionPath } from "./path-parameters.ts";
import { areaOf } from "./resources.ts";
import { named, pageSchema, pagingQuery } from "./schemas.ts";

const type = `${extension.namespace}/extensionTypes`;
const area = "Catalogue of extension types";
const apiVersions = ["2023-05-01-preview", "2022-01-15-preview", "2024-11-01-preview"];

const CatalogueType = named(
  "CatalogueExtensionType",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.looseObject({
      // The first api-version tells trains and cluster types instead.
      releaseTrains: z.array(z.string()).optional(),
      clusterTypes: z.string().optional(),
      extensionType: z.string().optional(),
      isSystemExtension: z.boolean().optional(),
      isManagedIdentityRequired: z.boolean().optional(),
      description: z.string().optional(),
      publisher: z.string().optional(),
      planInfo: z.looseObject({}).nullish(),
      supportedClusterTypes: z.array(z.string()).optional(),
      supportedScopes: z.looseObject({
        defaultScope: z.string(),
        clusterScopeSettings: z
          .looseObject({ allowMultipleInstances: z.boolean(), defaultReleaseNamespace: z.string() })
          .nullish(),
      }),
    }),
  }),
);
const CatalogueVersion = named(
  "CatalogueExtensionTypeVersion",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.looseObject({
      version: z.string(),
      unsupportedKubernetesVersions: z.record(z.string(), z.unknown()),
      supportedClusterTypes: z.array(z.string()),
    }),
  }),
);
const types = pageSchema("CatalogueExtensionTypeList", CatalogueType);
const versions = pageSchema("CatalogueExtensionTypeVersionList", CatalogueVersion);

const typeQuery = pagingQuery.extend({
  releaseTrain: z.string().optional().describe("Only types with a version on this train."),
  clusterType: z
    .string()
    .optional()
    .describe("Only types for this kind of cluster; `connectedClusters` is the one there is."),
  publisherId: z.string().optional().describe("Of a marketplace, which there is none of: finds nothing."),
  offerId: z.string().optional().describe("Of a marketplace, which there is none of: finds nothing."),
  planId: z.string().optional().describe("Of a marketplace, which there is none of: finds nothing."),
});
const versionQuery = z.object({
  clusterType: z.string().optional().describe("Only versions for this kind of cluster."),
  releaseTrain: z.string().optional().describe("Only versions on this train."),
  majorVersion: z.string().optional().describe("Only versions with this first number."),
  showLatest: z.enum(["true", "false"]).optional().describe("`true`: only the newest of those."),
});

/** Azure's names of the calls, which are not regular. */
const places = [
  {
    path: `${subscriptionPath}/providers/${extension.namespace}/locations/{location}/extensionTypes`,
    where: "in a location",
    at: "the subscription",
    names: ["LocationList", "LocationGet", "ListVersions", "GetVersion"],
  },
  {
    path: `${itemPath(connectedCluster)}/providers/${type}`,
    where: "for a connected cluster",
    at: "the connected cluster",
    names: ["List", "Get", "ClusterListVersions", "ClusterGetVersion"],
  },
] as const;

const catalogueOperations: readonly Operation[] = places.flatMap(({ path, where, at, names }): Operation[] => {
  const base = {
    area,
    method: "GET",
    apiVersions,
    access: { kind: "action", action: `${type}/read`, at },
  } as const;
  const [list, get, listVersions, getVersion] = names;
  return [
    {
      ...base,
      id: `ExtensionTypes_${list}`,
      path,
      summary: `Lists the extension types that can be had ${where}.`,
      query: typeQuery,
      isPaged: true,
      answers: { 200: { description: "A page.", schema: types } },
    },
    {
      ...base,
      id: `ExtensionTypes_${get}`,
      path: `${path}/{extensionType}`,
      summary: `Reads an extension type that can be had ${where}.`,
      answers: { 200: { description: "The type.", schema: CatalogueType } },
    },
    {
      ...base,
      id: `ExtensionTypes_${listVersions}`,
      path: `${path}/{extensionType}/versions`,
      summary: `Lists the versions of an extension type that can be had ${where}, newest first.`,
      query: versionQuery,
      isPaged: true,
      answers: { 200: { description: "The versions.", schema: versions } },
    },
    {
      ...base,
      id: `ExtensionTypes_${getVersion}`,
      path: `${path}/{extensionType}/versions/{version}`,
      summary: `Reads one version of an extension type that can be had ${where}.`,
      answers: { 200: { description: "The version.", schema: CatalogueVersion } },
    },
  ];
});

const Chart = named("UploadedChart", z.object({ digest: z.string() }));
const chart = {
  area: areaOf(extensionType),
  path: chartPath(itemPath(extensionType), "{digest}"),
  apiVersions: extensionType.apiVersions,
  access: { kind: "action", action: `${fullType(extensionType)}/write` },
} as const;

const chartOperations: readonly Operation[] = [
  {
    ...chart,
    id: "OwnExtensionTypes_GetChart",
    method: "GET",
    summary: "Says whether a chart was uploaded.",
    answers: { 200: { description: "It was.", schema: Chart } },
  },
  {
    ...chart,
    id: "OwnExtensionTypes_UploadChart",
    method: "PUT",
    summary: "Uploads a chart, before the type names it.",
    body: { schema: z.string().describe("The chart archive, a .tgz."), mediaType: "application/gzip" },
    answers: {
      200: { description: "It was there already.", schema: Chart },
      201: { description: "It was stored.", schema: Chart },
    },
  },
];

export const extensionTypeOperations: readonly Operation[] = [...catalogueOperations, ...chartOperations];
