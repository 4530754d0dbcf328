import { z } from "zod";
import { Tags } from "../arm/tags.ts";
import type { Operation } from "./operation.ts";
import { groupPath, subscriptionPath } from "./path-parameters.ts";
import {
  expandQuery,
  filterQuery,
  GenericResource,
  locationName,
  named,
  pageSchema,
  pagingQuery,
  ResourceGroup,
} from "./schemas.ts";
import { resourcesVersions } from "./subscriptions.ts";

const base = { area: "Resource groups", ...resourcesVersions } as const;
const may = (verb: string) =>
  ({ kind: "action", action: `Microsoft.Resources/subscriptions/resourceGroups/${verb}` }) as const;

const putBody = named(
  "ResourceGroupPut",
  z.object({ location: locationName, managedBy: z.string().max(2048).nullish(), tags: Tags.nullish() }),
);
const patchBody = named("ResourceGroupPatch", z.object({ tags: Tags.optional() }));
const resources = pageSchema("GenericResourceList", GenericResource);

export const resourceGroupOperations: readonly Operation[] = [
  {
    ...base,
    id: "ResourceGroups_Get",
    method: "GET",
    path: groupPath,
    summary: "Reads the resource group.",
    access: may("read"),
    answers: { 200: { description: "The resource group.", schema: ResourceGroup } },
  },
  {
    ...base,
    id: "ResourceGroups_CheckExistence",
    method: "HEAD",
    path: groupPath,
    summary: "Says whether the resource group exists.",
    access: may("read"),
    answers: { 204: { description: "It exists." } },
  },
  {
    ...base,
    id: "ResourceGroups_CreateOrUpdate",
    method: "PUT",
    path: groupPath,
    summary: "Creates the resource group, or replaces its tags.",
    access: may("write"),
    body: { schema: putBody, example: { location: "westeurope" } },
    answers: {
      200: { description: "It was there already; this is how it is now.", schema: ResourceGroup },
      201: { description: "It was created.", schema: ResourceGroup },
    },
  },
  {
    ...base,
    id: "ResourceGroups_Update",
    method: "PATCH",
    path: groupPath,
    summary: "Replaces the tags of the resource group.",
    access: may("write"),
    body: { schema: patchBody, isMergePatch: true, example: { tags: { team: "blue" } } },
    answers: { 200: { description: "How it is now.", schema: ResourceGroup } },
  },
  {
    ...base,
    id: "ResourceGroups_Delete",
    method: "DELETE",
    path: groupPath,
    summary: "Deletes the resource group with everything in it.",
    access: may("delete"),
    answers: { 202: { description: "The deletion has begun." }, 204: { description: "There is none." } },
    isLongRunning: true,
  },
  {
    ...base,
    id: "ResourceGroups_List",
    method: "GET",
    path: `${subscriptionPath}/resourceGroups`,
    summary: "Lists the resource groups of the subscription.",
    access: { ...may("read"), at: "the subscription", isFiltered: true },
    query: pagingQuery.extend(filterQuery.shape),
    isPaged: true,
    answers: { 200: { description: "A page.", schema: pageSchema("ResourceGroupList", ResourceGroup) } },
  },
  {
    ...base,
    id: "Resources_List",
    method: "GET",
    path: `${subscriptionPath}/resources`,
    summary: "Lists the tracked resources of the subscription, of every type.",
    access: {
      kind: "action",
      action: "Microsoft.Resources/subscriptions/resources/read",
      at: "the subscription",
      isFiltered: true,
    },
    query: pagingQuery.extend(filterQuery.shape).extend(expandQuery.shape),
    isPaged: true,
    answers: { 200: { description: "A page.", schema: resources } },
  },
  {
    ...base,
    id: "Resources_ListByResourceGroup",
    method: "GET",
    path: `${groupPath}/resources`,
    summary: "Lists the tracked resources of a resource group, of every type.",
    access: { ...may("resources/read"), isFiltered: true },
    query: pagingQuery.extend(filterQuery.shape).extend(expandQuery.shape),
    isPaged: true,
    answers: { 200: { description: "A page.", schema: resources } },
  },
];
