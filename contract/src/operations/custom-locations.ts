/** What a custom location answers beside its own record. */
import { z } from "zod";
import { customLocation } from "../resources/custom-location/index.ts";
import { fullType } from "../resources/define-resource.ts";
import type { Operation } from "./operation.ts";
import { itemPath } from "./path-parameters.ts";
import { areaOf } from "./resources.ts";
import { named, pageSchema } from "./schemas.ts";

const type = fullType(customLocation);
const path = itemPath(customLocation);
const base = { area: areaOf(customLocation), apiVersions: customLocation.apiVersions } as const;
const may = (action: string) => ({ kind: "action", action: `${type}/${action}` }) as const;

const EnabledResourceType = named(
  "EnabledResourceType",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.object({
      extensionType: z.string(),
      clusterExtensionId: z.string(),
      typesMetadata: z.array(z.unknown()),
    }),
  }),
);

const rule = { ...base, path: `${path}/resourceSyncRules/{resourceSyncRuleName}` } as const;

export const customLocationOperations: readonly Operation[] = [
  {
    ...base,
    id: "CustomLocations_ListEnabledResourceTypes",
    method: "GET",
    path: `${path}/enabledResourceTypes`,
    summary: "Lists what the extensions of the location offer.",
    access: may("enabledResourceTypes/read"),
    isPaged: true,
    answers: {
      200: { description: "All of it.", schema: pageSchema("EnabledResourceTypeList", EnabledResourceType) },
    },
  },
  {
    ...base,
    id: "CustomLocations_FindTargetResourceGroup",
    method: "POST",
    path: `${path}/findTargetResourceGroup`,
    summary: "Finds the rule that says where resources with given labels belong. There are no rules here.",
    access: may("findTargetResourceGroup/action"),
    body: {
      schema: named("FindTargetResourceGroup", z.object({ labels: z.record(z.string(), z.string()).nullish() })),
      example: { labels: { team: "blue" } },
    },
    answers: { 204: { description: "No rule fits." } },
  },
  {
    ...base,
    id: "ResourceSyncRules_ListByCustomLocationID",
    method: "GET",
    path: `${path}/resourceSyncRules`,
    summary: "Lists the rules that say where resources belong. There are none here.",
    access: may("resourceSyncRules/read"),
    isPaged: true,
    answers: { 200: { description: "None.", schema: pageSchema("ResourceSyncRuleList", z.looseObject({})) } },
  },
  {
    ...rule,
    id: "ResourceSyncRules_Get",
    method: "GET",
    summary: "Reads a rule. There are none here.",
    access: may("resourceSyncRules/read"),
    answers: {},
  },
  ...(["PUT", "PATCH"] as const).map(
    (method): Operation => ({
      ...rule,
      id: `ResourceSyncRules_${method === "PUT" ? "CreateOrUpdate" : "Update"}`,
      method,
      summary: "Writes a rule: refused, with the reason.",
      access: may("resourceSyncRules/write"),
      body: { schema: z.looseObject({}), example: {} },
      answers: {},
    }),
  ),
  {
    ...rule,
    id: "ResourceSyncRules_Delete",
    method: "DELETE",
    summary: "Deletes a rule. There are none here.",
    access: may("resourceSyncRules/delete"),
    answers: { 204: { description: "There is none." } },
  },
];
