/** Deployments of templates into a group. */
import { z } from "zod";
import { ArmError } from "../arm/error.ts";
import type { Operation } from "./operation.ts";
import { groupPath } from "./path-parameters.ts";
import { named, pageSchema, pagingQuery } from "./schemas.ts";

const collection = `${groupPath}/providers/Microsoft.Resources/deployments`;
const path = `${collection}/{deploymentName}`;
const base = {
  area: "Deployments",
  apiVersions: ["2025-04-01", "2024-11-01", "2022-09-01", "2021-04-01"],
  takesAnyVersion: true,
} as const;
const may = (action: string) => ({ kind: "action", action: `Microsoft.Resources/deployments/${action}` }) as const;

const Deployment = named(
  "Deployment",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.looseObject({
      provisioningState: z.enum(["Running", "Succeeded", "Failed", "Canceled"]),
      mode: z.literal("Incremental"),
      timestamp: z.string(),
      correlationId: z.string(),
      parameters: z.record(z.string(), z.looseObject({ type: z.string() })).optional(),
      outputs: z.record(z.string(), z.looseObject({ type: z.string() })).optional(),
      outputResources: z.array(z.object({ id: z.string() })).optional(),
      error: ArmError.optional(),
    }),
  }),
);

const DeploymentStep = named(
  "DeploymentStep",
  z.object({
    id: z.string(),
    operationId: z.string(),
    properties: z.looseObject({ provisioningState: z.string(), targetResource: z.looseObject({ id: z.string() }) }),
  }),
);

const body = {
  schema: named(
    "DeploymentPut",
    z.object({
      properties: z.object({
        mode: z.string().describe("`Incremental`; anything else is refused."),
        template: z
          .looseObject({})
          .describe("An ARM template: parameters, variables, resources of our types, outputs."),
        parameters: z.record(z.string(), z.looseObject({ value: z.unknown() })).nullish(),
      }),
    }),
  ),
  example: { properties: { mode: "Incremental", template: { resources: [] } } },
} as const;

export const deploymentOperations: readonly Operation[] = [
  {
    ...base,
    id: "Deployments_Get",
    method: "GET",
    path,
    summary: "Reads the deployment.",
    access: may("read"),
    answers: { 200: { description: "The deployment.", schema: Deployment } },
  },
  {
    ...base,
    id: "Deployments_CheckExistence",
    method: "HEAD",
    path,
    summary: "Says whether the deployment exists.",
    access: may("read"),
    answers: { 204: { description: "It exists." } },
  },
  {
    ...base,
    id: "Deployments_CreateOrUpdate",
    method: "PUT",
    path,
    summary: "Writes the resources of a template, each with the caller's own rights.",
    access: may("write"),
    body,
    isLongRunning: true,
    answers: {
      200: { description: "One of that name was there; it begins anew.", schema: Deployment },
      201: { description: "It has begun.", schema: Deployment },
    },
  },
  {
    ...base,
    id: "Deployments_Delete",
    method: "DELETE",
    path,
    summary: "Forgets the deployment. What it made stays.",
    access: may("delete"),
    answers: { 204: { description: "It is gone." } },
  },
  {
    ...base,
    id: "Deployments_Cancel",
    method: "POST",
    path: `${path}/cancel`,
    summary: "Ends a running deployment. What it began stays.",
    access: may("cancel/action"),
    answers: { 204: { description: "It writes nothing more." } },
  },
  {
    ...base,
    id: "Deployments_Validate",
    method: "POST",
    path: `${path}/validate`,
    summary: "Says what a template comes to, and whether the caller may write it.",
    access: may("validate/action"),
    body,
    answers: { 200: { description: "It can be deployed.", schema: Deployment } },
  },
  {
    ...base,
    id: "Deployments_WhatIf",
    method: "POST",
    path: `${path}/whatIf`,
    summary: "Says what a template would change: refused, with the way to do it here.",
    access: may("whatIf/action"),
    body,
    answers: {},
  },
  {
    ...base,
    id: "DeploymentOperations_List",
    method: "GET",
    path: `${path}/operations`,
    summary: "Says how far each resource of the deployment is.",
    access: may("operations/read"),
    isPaged: true,
    answers: { 200: { description: "All of them.", schema: pageSchema("DeploymentStepList", DeploymentStep) } },
  },
  {
    ...base,
    id: "DeploymentOperations_ListShort",
    method: "GET",
    path: `${path.replace("/providers/Microsoft.Resources", "")}/operations`,
    summary: "The same under the path that clients of Azure use.",
    access: may("operations/read"),
    isPaged: true,
    answers: { 200: { description: "All of them.", schema: pageSchema("DeploymentStepList", DeploymentStep) } },
  },
  {
    ...base,
    id: "DeploymentOperations_GetStatus",
    method: "GET",
    path: `${path}/operationStatuses/{operationId}`,
    summary: "Says how far the deployment is.",
    access: may("operationStatuses/read"),
    answers: {
      200: { description: "How far it is.", schema: z.looseObject({ status: z.string(), error: ArmError.optional() }) },
    },
  },
  {
    ...base,
    id: "Deployments_ListByResourceGroup",
    method: "GET",
    path: collection,
    summary: "Lists the deployments of a resource group.",
    access: { ...may("read"), at: "the resource group" },
    query: pagingQuery,
    isPaged: true,
    answers: { 200: { description: "A page.", schema: pageSchema("DeploymentList", Deployment) } },
  },
];
