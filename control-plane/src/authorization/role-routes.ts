/** Role definitions and role assignments as ARM serves them, at the subscription, at groups and at every type of resource. */
import { definitions, resourceKey } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import { groupId } from "../arm/target.ts";
import type { RoleAssignmentsTable } from "../db/identity-tables.ts";
import { DomainError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { nextLink, pageOf } from "../http/paging.ts";
import { apiVersionOf, identify, queryOf } from "../http/request-context.ts";
import { patternOf } from "../http/resource-routes.ts";
import { addRoute, paramOf } from "../http/routes.ts";
import { checkSubscription } from "../http/subscription.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { parseAssignmentFilter } from "./assignment-filter.ts";
import { builtInRoles, findRole, type RoleDefinition } from "./built-in-roles.ts";
import { scopeKey } from "./permits.ts";
import { putAssignment } from "./put-assignment.ts";
import { assignmentId } from "./role-assignments.ts";

const namespace = "Microsoft.Authorization";
const marker = new RegExp(`/providers/${namespace}/role(?:Assignments|Definitions)(?:/|$)`, "i");

interface Call {
  readonly caller: Caller;
  readonly scope: string;
}

/** The scope is what stands in the path before our own part; names keep the case of the caller. */
function scopeOf(services: Services, request: FastifyRequest): string {
  const subscription = checkSubscription(services, paramOf(request, "subscriptionId"));
  const [path = ""] = (request.raw.url ?? "").split("?");
  const before = decodeURIComponent(path.split(marker)[0] ?? "")
    .replace(/\/+/g, "/")
    .replace(/\/$/, "");
  const [, , , , group, ...rest] = before.split("/");
  if (group === undefined) return subscription;
  return [groupId(services.subscriptionId, group), ...rest].join("/");
}

export function registerRoleRoutes(app: App, services: Services): void {
  const begin = async (request: FastifyRequest, action: string): Promise<Call> => {
    const caller = await identify(services, request);
    apiVersionOf(request);
    const scope = scopeOf(services, request);
    await services.authorize(caller, `${namespace}/${action}`, scope);
    return { caller, scope };
  };

  const group = "/subscriptions/:subscriptionId/resourceGroups/:group";
  for (const scope of ["/subscriptions/:subscriptionId", group, ...definitions.map(patternOf)]) {
    addAssignmentRoutes(app, services, `${scope}/providers/${namespace}/roleAssignments`, begin);
    addDefinitionRoutes(app, `${scope}/providers/${namespace}/roleDefinitions`, async (request) => {
      return (await begin(request, "roleDefinitions/read")).scope;
    });
  }
  addDefinitionRoutes(app, `/providers/${namespace}/roleDefinitions`, async (request) => {
    await identify(services, request);
    apiVersionOf(request);
    return "";
  });
}

type Begin = (request: FastifyRequest, action: string) => Promise<Call>;

function addAssignmentRoutes(app: App, services: Services, path: string, begin: Begin): void {
  const { store } = services;
  const nameOf = (request: FastifyRequest): string => paramOf(request, "assignment");
  const find = (scope: string, name: string): Promise<RoleAssignmentsTable | undefined> =>
    store.read
      .selectFrom("role_assignments")
      .selectAll()
      .where("key", "=", resourceKey(assignmentId(scope, name)))
      .executeTakeFirst();

  addRoute(app, `${path}/:assignment`, {
    GET: async (request) => {
      const { scope } = await begin(request, "roleAssignments/read");
      const row = await find(scope, nameOf(request));
      if (row !== undefined) return presentAssignment(services, row);
      throw new DomainError("ResourceNotFound", `The role assignment '${nameOf(request)}' is not found at '${scope}'.`);
    },
    PUT: async (request, reply) => {
      const call = await begin(request, "roleAssignments/write");
      const { row, isNew } = await putAssignment(services, { ...call, name: nameOf(request), body: request.body });
      return reply.code(isNew ? 201 : 200).send(presentAssignment(services, row));
    },
    DELETE: async (request, reply) => {
      const { scope } = await begin(request, "roleAssignments/delete");
      const row = await find(scope, nameOf(request));
      if (row === undefined) return reply.code(204).send();
      await store.write((tx) => tx.deleteFrom("role_assignments").where("key", "=", row.key).execute());
      services.grants.forget(row.principal_id);
      return presentAssignment(services, row);
    },
  });
  addRoute(app, path, {
    GET: async (request) => {
      const { scope } = await begin(request, "roleAssignments/read");
      const { pageSize, after } = pageOf(request);
      const rows = await listAssignments(services, scope, queryOf(request, "$filter"), { pageSize, after });
      const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
      return {
        value: rows.slice(0, pageSize).map((row) => presentAssignment(services, row)),
        nextLink: last === undefined ? null : nextLink(services.publicUrl, request, last.key),
      };
    },
  });
}

/** What reaches a scope: granted at it or above it, and, unless only that is asked for, below it. One more row than a page holds. */
function listAssignments(
  { store }: Services,
  scope: string,
  filterText: string | undefined,
  { pageSize, after = "" }: { readonly pageSize: number; readonly after?: string | undefined },
): Promise<RoleAssignmentsTable[]> {
  const { isAtScope, principalId } = parseAssignmentFilter(filterText);
  const key = scopeKey(scope);
  const parts = key.split("/");
  const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  let query = store.read.selectFrom("role_assignments").selectAll().where("key", ">", after).orderBy("key");
  query = query.where((eb) => {
    const here = eb("scope_key", "in", above);
    // The character after "/" ends the range of everything below.
    return isAtScope ? here : eb.or([here, eb.and([eb("scope_key", ">", `${key}/`), eb("scope_key", "<", `${key}0`)])]);
  });
  if (principalId !== undefined) query = query.where("principal_id", "=", principalId);
  return query.limit(pageSize + 1).execute();
}

function addDefinitionRoutes(app: App, path: string, begin: (request: FastifyRequest) => Promise<string>): void {
  addRoute(app, `${path}/:role`, {
    GET: async (request) => {
      const scope = await begin(request);
      const role = findRole(paramOf(request, "role"));
      if (role !== undefined) return presentRole(scope, role);
      throw new DomainError("ResourceNotFound", `The role definition '${paramOf(request, "role")}' does not exist.`);
    },
  });
  addRoute(app, path, {
    GET: async (request) => {
      const scope = await begin(request);
      const isWanted = parseRoleFilter(queryOf(request, "$filter"));
      const value = Object.values(builtInRoles).filter(isWanted);
      return { value: value.map((role) => presentRole(scope, role)), nextLink: null };
    },
  });
}

function parseRoleFilter(text: string | undefined): (role: RoleDefinition) => boolean {
  if (text === undefined || text.trim() === "") return () => true;
  const [, field = "", value = ""] = /^\s*(roleName|type)\s+eq\s+'((?:[^']|'')*)'\s*$/i.exec(text) ?? [];
  if (field.toLowerCase() === "type") return () => /^BuiltInRole$/i.test(value);
  if (field !== "") return ({ roleName }) => roleName.toLowerCase() === value.replaceAll("''", "'").toLowerCase();
  throw new DomainError(
    "BadRequest",
    `The $filter is not understood: '${text}'. Possible are roleName eq '…' and type eq 'BuiltInRole'.`,
  );
}

const presentRole = (scope: string, role: RoleDefinition) => {
  const { actions, notActions, dataActions, notDataActions } = role;
  return {
    id: `${scope}/providers/${namespace}/roleDefinitions/${role.id}`,
    name: role.id,
    type: `${namespace}/roleDefinitions`,
    properties: {
      roleName: role.roleName,
      type: "BuiltInRole",
      description: role.description,
      assignableScopes: ["/"],
      permissions: [{ actions, notActions, dataActions, notDataActions }],
    },
  };
};

const presentAssignment = ({ subscriptionId }: Services, row: RoleAssignmentsTable) => ({
  id: row.id,
  name: row.name,
  type: `${namespace}/roleAssignments`,
  properties: {
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/${namespace}/roleDefinitions/${row.role}`,
    principalId: row.principal_id,
    principalType: row.principal_type,
    scope: row.scope,
    condition: null,
    conditionVersion: null,
    createdOn: row.created_at,
    updatedOn: row.created_at,
    createdBy: row.created_by,
    updatedBy: row.created_by,
  },
});
