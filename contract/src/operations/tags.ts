import { z } from "zod";
import { TagsBody, TagsPatch, TagsResource } from "../arm/tags.ts";
import { definitions } from "../resources/registry.ts";
import type { Operation } from "./operation.ts";
import { groupPath, itemPath, subscriptionPath } from "./path-parameters.ts";
import { named, schemaName } from "./schemas.ts";

const area = "Tags";

/** What clients send; any well-formed version is taken. */
const versions = {
  apiVersions: ["2025-04-01", "2024-11-01", "2021-04-01", "2020-06-01"],
  takesAnyVersion: true,
} as const;

named("TagsResource", TagsResource);
named("TagsPut", TagsBody);
named("TagsPatch", TagsPatch);

const scopes = [
  { name: "Subscription", path: subscriptionPath, of: "the subscription" },
  { name: "ResourceGroup", path: groupPath, of: "a resource group" },
  ...definitions.map((definition) => ({
    name: schemaName(definition),
    path: itemPath(definition),
    of: `a ${definition.singular}`,
  })),
];

/** The tags of a scope as one thing of its own: changed without the right to change the rest. */
export const tagOperations: readonly Operation[] = scopes.flatMap(({ name, path, of }) => {
  const access = (verb: "read" | "write" | "delete") =>
    ({ kind: "action", action: `Microsoft.Resources/tags/${verb}` }) as const;
  const base = { path: `${path}/providers/Microsoft.Resources/tags/default`, area, ...versions };
  const answers = { 200: { description: "The tags", schema: TagsResource } };
  return [
    {
      ...base,
      id: `Tags_GetAt${name}`,
      method: "GET",
      summary: `Reads the tags of ${of}.`,
      access: access("read"),
      answers,
    },
    {
      ...base,
      id: `Tags_CreateOrUpdateAt${name}`,
      method: "PUT",
      summary: `Replaces the tags of ${of}.`,
      access: access("write"),
      body: { schema: TagsBody, example: { properties: { tags: { team: "blue" } } } },
      answers,
    },
    {
      ...base,
      id: `Tags_UpdateAt${name}`,
      method: "PATCH",
      summary: `Merges, replaces or deletes tags of ${of}.`,
      access: access("write"),
      body: { schema: TagsPatch, example: { operation: "Merge", properties: { tags: { team: "blue" } } } },
      answers,
    },
    {
      ...base,
      id: `Tags_DeleteAt${name}`,
      method: "DELETE",
      summary: `Removes all tags of ${of}.`,
      access: access("delete"),
      answers: { 200: { description: "The tags are gone" } },
    },
  ];
});

const refusedBody = z.looseObject({});

const refusals = [
  ["moveResources", "Moves resources to another group: refused, with the reason."],
  ["validateMoveResources", "Asks whether resources can be moved: refused, with the reason."],
  ["exportTemplate", "Writes a group as a template: refused, with the way to do it here."],
] as const;

/** What ARM has for groups and the control plane refuses by name. */
export const refusedGroupOperations: readonly Operation[] = refusals.map(([action, summary]) => ({
  id: `ResourceGroups_${action[0]?.toUpperCase()}${action.slice(1)}`,
  method: "POST",
  path: `${groupPath}/${action}`,
  summary,
  area: "Resource groups",
  access: { kind: "action", action: `Microsoft.Resources/subscriptions/resourceGroups/${action}/action` },
  ...versions,
  body: { schema: refusedBody, example: {} },
  answers: {},
}));
