/** Role assignments and role definitions, at every scope that has them. */
import { z } from "zod";
import { definitions } from "../resources/registry.ts";
import { roleAssignment } from "../resources/role-assignment/index.ts";
import { RoleAssignmentOutput, RoleAssignmentProperties } from "../resources/role-assignment/properties.ts";
import type { Operation } from "./operation.ts";
import { groupPath, itemPath, subscriptionPath } from "./path-parameters.ts";
import { named, pageSchema, pagingQuery, schemaName } from "./schemas.ts";

const namespace = "Microsoft.Authorization";
const base = { area: "Authorization", apiVersions: ["2022-04-01"], takesAnyVersion: true } as const;
const may = (action: string) => ({ kind: "action", action: `${namespace}/${action}` }) as const;

const conditions = { condition: z.string().nullish(), conditionVersion: z.string().nullish() };
const RoleAssignment = named(
  "RoleAssignment",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.object({ ...RoleAssignmentProperties.shape, ...conditions, ...RoleAssignmentOutput.shape }),
  }),
);
const RoleAssignmentPut = named(
  "RoleAssignmentPut",
  z.object({
    properties: RoleAssignmentProperties.extend({
      condition: z.null().optional().describe("Conditions are not supported: anything but null is refused."),
    }),
  }),
);
const RoleDefinition = named(
  "RoleDefinition",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.looseObject({
      roleName: z.string(),
      type: z.string(),
      description: z.string(),
      assignableScopes: z.array(z.string()),
      permissions: z.array(
        z.object({
          actions: z.array(z.string()),
          notActions: z.array(z.string()),
          dataActions: z.array(z.string()),
          notDataActions: z.array(z.string()),
        }),
      ),
    }),
  }),
);
const assignments = pageSchema("RoleAssignmentList", RoleAssignment);
const roles = pageSchema("RoleDefinitionList", RoleDefinition);

const assignmentFilter = z.object({
  $filter: z.string().optional().describe("`atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and`."),
});
const roleFilter = z.object({
  $filter: z.string().optional().describe("`roleName eq '…'` or `type eq 'BuiltInRole'`."),
});

interface Scope {
  readonly suffix: string;
  readonly path: string;
  readonly what: string;
}

const scopes: readonly Scope[] = [
  { suffix: "ForSubscription", path: subscriptionPath, what: "the subscription" },
  { suffix: "ForResourceGroup", path: groupPath, what: "a resource group" },
  ...definitions.map((definition) => ({
    suffix: `For${schemaName(definition)}`,
    path: itemPath(definition),
    what: `the scope of one ${definition.singular}`,
  })),
];

function assignmentOperations({ suffix, path, what }: Scope): Operation[] {
  const list = `${path}/providers/${namespace}/roleAssignments`;
  const item = `${list}/{roleAssignmentName}`;
  return [
    {
      ...base,
      id: `RoleAssignments_Get${suffix}`,
      method: "GET",
      path: item,
      summary: `Reads a role assignment at ${what}.`,
      access: may("roleAssignments/read"),
      answers: { 200: { description: "The role assignment.", schema: RoleAssignment } },
    },
    {
      ...base,
      id: `RoleAssignments_Create${suffix}`,
      method: "PUT",
      path: item,
      summary: `Gives somebody a role at ${what} and below.`,
      access: may("roleAssignments/write"),
      body: { schema: RoleAssignmentPut, example: roleAssignment.example },
      answers: {
        200: { description: "It was there already.", schema: RoleAssignment },
        201: { description: "It was created.", schema: RoleAssignment },
      },
    },
    {
      ...base,
      id: `RoleAssignments_Delete${suffix}`,
      method: "DELETE",
      path: item,
      summary: `Takes a role at ${what} back.`,
      access: may("roleAssignments/delete"),
      answers: {
        200: { description: "What was deleted.", schema: RoleAssignment },
        204: { description: "There is none." },
      },
    },
    {
      ...base,
      id: `RoleAssignments_List${suffix}`,
      method: "GET",
      path: list,
      summary: `Lists the role assignments that reach ${what}, and those below it.`,
      access: may("roleAssignments/read"),
      query: pagingQuery.extend(assignmentFilter.shape),
      isPaged: true,
      answers: { 200: { description: "A page.", schema: assignments } },
    },
  ];
}

function definitionOperations({ suffix, path, what }: Scope): Operation[] {
  const list = `${path}/providers/${namespace}/roleDefinitions`;
  // Above all subscriptions there is nothing that a role could be held at.
  const access = path === "" ? ({ kind: "authenticated" } as const) : may("roleDefinitions/read");
  return [
    {
      ...base,
      id: `RoleDefinitions_Get${suffix}`,
      method: "GET",
      path: `${list}/{roleDefinitionId}`,
      summary: `Reads a role that can be assigned at ${what}.`,
      access,
      answers: { 200: { description: "The role.", schema: RoleDefinition } },
    },
    {
      ...base,
      id: `RoleDefinitions_List${suffix}`,
      method: "GET",
      path: list,
      summary: `Lists the roles that can be assigned at ${what}.`,
      access,
      query: roleFilter,
      isPaged: true,
      answers: { 200: { description: "The roles.", schema: roles } },
    },
  ];
}

export const authorizationOperations: readonly Operation[] = [
  ...scopes.flatMap(assignmentOperations),
  ...[...scopes, { suffix: "ForTenant", path: "", what: "any scope" }].flatMap(definitionOperations),
];
