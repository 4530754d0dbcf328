/** Role assignments and role definitions, at every scope that has them. */
import { z } from "zod";
import { connectedCluster } from "../resources/connected-cluster/index.ts";
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
const description = z
  .string()
  .max(2048)
  .nullish()
  .describe("What it is for; the one thing of an assignment that can be changed.");
const RoleAssignment = named(
  "RoleAssignment",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.object({
      ...RoleAssignmentProperties.shape,
      ...conditions,
      ...RoleAssignmentOutput.shape,
      description,
      delegatedManagedIdentityResourceId: z.null(),
    }),
  }),
);
const RoleAssignmentPut = named(
  "RoleAssignmentPut",
  z.object({
    properties: RoleAssignmentProperties.extend({
      condition: z.null().optional().describe("Conditions are not supported: anything but null is refused."),
      description,
    }),
  }),
);
const Permissions = z.object({
  actions: z.array(z.string()),
  notActions: z.array(z.string()),
  dataActions: z.array(z.string()),
  notDataActions: z.array(z.string()),
});
const RoleDefinition = named(
  "RoleDefinition",
  z.object({
    id: z.string(),
    name: z.string(),
    type: z.string(),
    properties: z.looseObject({
      roleName: z.string(),
      type: z.enum(["BuiltInRole", "CustomRole"]),
      description: z.string(),
      assignableScopes: z.array(z.string()),
      permissions: z.array(Permissions),
    }),
  }),
);
const action = z
  .string()
  .max(512)
  .describe("An action such as `Microsoft.Kubernetes/connectedClusters/read`, with `*` for any text.");
const actions = z.array(action).max(2048).nullish();
const RoleDefinitionPut = named(
  "RoleDefinitionPut",
  z.object({
    properties: z.object({
      roleName: z.string().min(1).max(512),
      description: z.string().max(2048).nullish(),
      type: z.literal("CustomRole").nullish(),
      permissions: z
        .array(z.object({ actions, notActions: actions, dataActions: actions, notDataActions: actions }))
        .length(1),
      assignableScopes: z
        .array(z.string().max(2048))
        .min(1)
        .max(2000)
        .describe(
          "Ids of the subscription or of resource groups; the scope of the path must be at or below one of them.",
        ),
    }),
  }),
);
const permissions = pageSchema("PermissionList", named("Permission", Permissions));
const denyAssignments = pageSchema("DenyAssignmentList", named("DenyAssignment", z.looseObject({ id: z.string() })));

const CheckAccess = named(
  "CheckAccess",
  z.object({
    Subject: z.object({
      Attributes: z.object({
        ObjectId: z.guid().describe("The object id of the person."),
        Groups: z.array(z.string().max(128)).max(2000).nullish().describe("Object ids of the groups that it is in."),
      }),
    }),
    Actions: z
      .array(z.object({ Id: action, IsDataAction: z.boolean().nullish() }))
      .min(1)
      .max(200),
    Resource: z.object({ Id: z.string().max(2048).describe("The scope of the path, or one below it.") }),
  }),
);
const AccessDecisions = named(
  "AccessDecisions",
  z.array(
    z.object({
      actionId: z.string(),
      accessDecision: z.enum(["Allowed", "NotAllowed"]),
      isDataAction: z.boolean(),
      roleAssignment: z
        .object({
          id: z.string(),
          roleDefinitionId: z.string(),
          principalId: z.string(),
          principalType: z.string(),
          scope: z.string(),
          ...conditions,
          canDelegate: z.boolean(),
        })
        .nullable(),
      denyAssignment: z.null(),
      timeToLiveInMs: z.int(),
    }),
  ),
);
const assignments = pageSchema("RoleAssignmentList", RoleAssignment);
const roles = pageSchema("RoleDefinitionList", RoleDefinition);

const assignmentFilter = z.object({
  $filter: z.string().optional().describe("`atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and`."),
});
const roleFilter = z.object({
  $filter: z
    .string()
    .optional()
    .describe("`roleName eq '…'`, `type eq 'BuiltInRole'` or `'CustomRole'`, `atScopeAndBelow()`, joined by `and`."),
});

interface Scope {
  readonly suffix: string;
  readonly path: string;
  readonly what: string;
}

/** Namespaces have two spellings among clients. */
const clusterScopes: readonly Scope[] = [
  { suffix: "ForConnectedCluster", path: itemPath(connectedCluster), what: "the scope of one connected cluster" },
  {
    suffix: "ForNamespace",
    path: `${itemPath(connectedCluster)}/namespaces/{kubernetesNamespace}`,
    what: "one namespace of a connected cluster",
  },
  {
    suffix: "ForNamespaceOfProvider",
    path: `${itemPath(connectedCluster)}/providers/Microsoft.KubernetesConfiguration/namespaces/{kubernetesNamespace}`,
    what: "one namespace of a connected cluster, spelt with a provider",
  },
];

const scopes: readonly Scope[] = [
  { suffix: "ForSubscription", path: subscriptionPath, what: "the subscription" },
  { suffix: "ForResourceGroup", path: groupPath, what: "a resource group" },
  ...definitions.map((definition) => ({
    suffix: `For${schemaName(definition)}`,
    path: itemPath(definition),
    what: `the scope of one ${definition.singular}`,
  })),
  ...clusterScopes.filter(({ suffix }) => suffix !== "ForConnectedCluster"),
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

function roleChangingOperations({ suffix, path, what }: Scope): Operation[] {
  const item = `${path}/providers/${namespace}/roleDefinitions/{roleDefinitionId}`;
  return [
    {
      ...base,
      id: `RoleDefinitions_CreateOrUpdate${suffix}`,
      method: "PUT",
      path: item,
      summary: `Defines a role that can be assigned at ${what}, or changes it.`,
      access: may("roleDefinitions/write"),
      body: { schema: RoleDefinitionPut },
      answers: {
        201: { description: "It was created, or changed.", schema: RoleDefinition },
      },
    },
    {
      ...base,
      id: `RoleDefinitions_Delete${suffix}`,
      method: "DELETE",
      path: item,
      summary: "Deletes a role that users defined and nobody holds.",
      access: may("roleDefinitions/delete"),
      answers: {
        200: { description: "What was deleted.", schema: RoleDefinition },
        204: { description: "There is none." },
      },
    },
  ];
}

function accessOperations({ suffix, path, what }: Scope): Operation[] {
  const list = `${path}/providers/${namespace}/denyAssignments`;
  return [
    {
      ...base,
      id: `Permissions_List${suffix}`,
      method: "GET",
      path: `${path}/providers/${namespace}/permissions`,
      summary: `Lists what the caller's own roles allow at ${what}.`,
      access: { kind: "authenticated" },
      isPaged: true,
      answers: { 200: { description: "One entry for each role; none where there is none.", schema: permissions } },
    },
    {
      ...base,
      id: `DenyAssignments_List${suffix}`,
      method: "GET",
      path: list,
      summary: `Lists the deny assignments at ${what}: there are none in this control plane.`,
      access: may("denyAssignments/read"),
      isPaged: true,
      answers: { 200: { description: "An empty list.", schema: denyAssignments } },
    },
    {
      ...base,
      id: `DenyAssignments_Get${suffix}`,
      method: "GET",
      path: `${list}/{denyAssignmentId}`,
      summary: "There are no deny assignments, so none is found.",
      access: may("denyAssignments/read"),
      answers: {},
    },
  ];
}

const checkAccessOperation = ({ suffix, path, what }: Scope): Operation => ({
  ...base,
  id: `CheckAccess_Post${suffix}`,
  method: "POST",
  path: `${path}/providers/${namespace}/checkaccess`,
  summary: `Says which of up to 200 actions a person may do at ${what}. The cluster itself may ask as well.`,
  apiVersions: ["2018-09-01-preview"],
  access: may("checkAccess/read"),
  body: { schema: CheckAccess },
  answers: { 200: { description: "One decision for each action, in their order.", schema: AccessDecisions } },
});

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
  ...scopes.flatMap(roleChangingOperations),
  ...scopes.flatMap(accessOperations),
  ...clusterScopes.map(checkAccessOperation),
  ...[...scopes, { suffix: "ForTenant", path: "", what: "any scope" }].flatMap(definitionOperations),
];
