/** The calls of every type of the registry, derived from the definitions as their routes are. */
import { z } from "zod";
import { OperationStatus } from "../arm/operation.ts";
import { fullType, type ResourceDefinition } from "../resources/define-resource.ts";
import { definitions } from "../resources/registry.ts";
import type { Operation, OperationAnswer } from "./operation.ts";
import { collectionPath, itemPath, subscriptionPath } from "./path-parameters.ts";
import {
  answerSchema,
  pageSchema,
  pagingQuery,
  patchSchema,
  preconditionHeaders,
  putSchema,
  schemaName,
} from "./schemas.ts";

/** `Extensions`: the first half of the ids of a type's calls. */
export const operationGroup = (definition: ResourceDefinition): string =>
  definition.operationNames?.group ?? definition.type.charAt(0).toUpperCase() + definition.type.slice(1);

/** The heading of a type in the reference, also of what is served beside it. */
export const areaOf = ({ singular }: ResourceDefinition): string =>
  `${singular.charAt(0).toUpperCase()}${singular.slice(1)}s`;

const forceQuery = z.object({
  forceDelete: z
    .enum(["true", "false"])
    .optional()
    .describe("`true`: forget the record at once, without waiting for the agents of the cluster."),
});

function operationsOf(definition: ResourceDefinition): Operation[] {
  const { singular, apiVersions, example } = definition;
  const group = operationGroup(definition);
  const area = areaOf(definition);
  const path = itemPath(definition);
  const answer = answerSchema(definition);
  const page = pageSchema(`${schemaName(definition)}List`, answer);
  const may = (verb: "read" | "write" | "delete") =>
    ({ kind: "action", action: `${fullType(definition)}/${verb}` }) as const;
  const all = { area, apiVersions };
  const list = { ...all, method: "GET", query: pagingQuery, isPaged: true } as const;
  const listed = { 200: { description: "A page.", schema: page } };
  const patched: Record<number, OperationAnswer> = { 200: { description: "How it is now.", schema: answer } };
  if (definition.patch.isAsync || definition.patch.later !== undefined) {
    patched[202] = { description: "How it will be once the cluster has it.", schema: answer };
  }
  return [
    {
      ...all,
      id: `${group}_Get`,
      method: "GET",
      path,
      summary: `Reads the ${singular}.`,
      access: may("read"),
      answers: { 200: { description: `The ${singular}.`, schema: answer } },
    },
    {
      ...all,
      id: `${group}_${definition.operationNames?.put ?? "CreateOrUpdate"}`,
      method: "PUT",
      path,
      summary: `Creates the ${singular}, or replaces what a client may write of it.`,
      access: may("write"),
      headers: preconditionHeaders,
      body: { schema: putSchema(definition), example },
      answers: {
        200: { description: `It was there already; this is how it is now.`, schema: answer },
        201: { description: "It was created.", schema: answer },
      },
      isLongRunning: true,
    },
    {
      ...all,
      id: `${group}_Update`,
      method: "PATCH",
      path,
      summary: `Changes single fields of the ${singular}: ${definition.patch.fields.join(", ") || "none can be changed"}.`,
      access: may("write"),
      headers: preconditionHeaders,
      body: { schema: patchSchema(definition), isMergePatch: true, example: { properties: {} } },
      answers: patched,
      isLongRunning: definition.patch.isAsync || definition.patch.later !== undefined,
    },
    {
      ...all,
      id: `${group}_Delete`,
      method: "DELETE",
      path,
      summary: `Deletes the ${singular}.`,
      access: may("delete"),
      query: forceQuery,
      headers: preconditionHeaders,
      answers: { 202: { description: "The deletion has begun." }, 204: { description: "There is none." } },
      isLongRunning: true,
    },
    {
      ...list,
      id: `${group}_${definition.parent ? "List" : "ListByResourceGroup"}`,
      path: collectionPath(definition),
      summary: `Lists the ${singular}s of ${definition.parent ? `a ${definition.parent.singular}` : "a resource group"}.`,
      access: { ...may("read"), at: `the ${definition.parent?.singular ?? "resource group"}`, isFiltered: true },
      answers: listed,
    },
    ...(definition.parent
      ? []
      : [
          {
            ...list,
            id: `${group}_ListBySubscription`,
            path: `${subscriptionPath}/providers/${fullType(definition)}`,
            summary: `Lists the ${singular}s of the subscription.`,
            access: { ...may("read"), at: "the subscription", isFiltered: true } as const,
            answers: listed,
          },
        ]),
  ];
}

/** Clients rewrite the api-version of polls, or leave it out: none is looked at. */
const pollQuery = z.object({ "api-version": z.string().optional().describe("Not looked at.") });

const statusAnswers = { 200: { description: "How far it is.", schema: OperationStatus } } as const;
const resultAnswers = {
  200: {
    description: "It has ended. Without a body for resource groups.",
    schema: OperationStatus,
  },
  202: { description: "It still runs: ask again." },
} as const;

function pollsOfChildren(definition: ResourceDefinition): Operation[] {
  const poll = {
    method: "GET",
    area: areaOf(definition),
    access: { kind: "action", action: `${fullType(definition)}/read`, at: "the resource that the operation is about" },
    query: pollQuery,
  } as const;
  return [
    {
      ...poll,
      id: `${operationGroup(definition)}_GetOperationStatus`,
      path: `${itemPath(definition)}/operations/{operationId}`,
      summary: `Says how far an operation of the ${definition.singular} is.`,
      answers: statusAnswers,
    },
    {
      ...poll,
      id: `${operationGroup(definition)}_GetOperationResult`,
      path: `${itemPath(definition)}/operationResults/{operationId}`,
      summary: `Waits for an operation of the ${definition.singular}: 202 while it runs.`,
      answers: resultAnswers,
    },
  ];
}

const pollOfAny = {
  method: "GET",
  area: "Operations",
  // Which type it is about, only the operation knows.
  access: {
    kind: "action",
    action: "*/read",
    at: "the resource that the operation is about, as the read action of its type",
  },
  query: pollQuery,
} as const;

const pollsByLocation: readonly Operation[] = [...new Set(definitions.map(({ namespace }) => namespace))].flatMap(
  (namespace) =>
    (["", subscriptionPath] as const).flatMap((prefix): Operation[] => {
      const base = `${prefix}/providers/${namespace}/locations/{location}`;
      const suffix = `${namespace.split(".").at(-1)}${prefix === "" ? "" : "InSubscription"}`;
      return [
        {
          ...pollOfAny,
          id: `OperationStatuses_Get${suffix}`,
          path: `${base}/operationStatuses/{operationId}`,
          summary: "Says how far an operation is.",
          answers: statusAnswers,
        },
        {
          ...pollOfAny,
          id: `OperationResults_Get${suffix}`,
          path: `${base}/operationResults/{operationId}`,
          summary: "Waits for an operation: 202 while it runs.",
          answers: resultAnswers,
        },
      ];
    }),
);

export const resourceOperations: readonly Operation[] = [
  ...definitions.flatMap((definition) => [
    ...operationsOf(definition),
    ...(definition.parent ? pollsOfChildren(definition) : []),
  ]),
  ...pollsByLocation,
  {
    ...pollOfAny,
    id: "OperationResults_Get",
    path: `${subscriptionPath}/operationresults/{operationId}`,
    summary: "Waits for the deletion of a resource group: 202 while it runs.",
    answers: resultAnswers,
  },
];
