import { resourceKey } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import type { RoleAssignmentsTable } from "../db/identity-tables.ts";
import { DomainError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { nextLink, pageOf } from "../http/paging.ts";
import { httpInfoOf } from "../http/request-activity.ts";
import { queryOf } from "../http/request-context.ts";
import { addRoute, paramOf } from "../http/routes.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { type AssignmentFilter, parseAssignmentFilter } from "./assignment-filter.ts";
import { principalsOf } from "./authorize.ts";
import { scopeKey } from "./permits.ts";
import { putAssignment } from "./put-assignment.ts";
import { recordAssignment } from "./record-assignment.ts";
import { assignmentId } from "./role-assignments.ts";
import { beginAt, namespace } from "./scope-routes.ts";

/** The role assignments at one kind of scope. */
export function addAssignmentRoutes(app: App, services: Services, scopePath: string): void {
  const { store } = services;
  const path = `${scopePath}/providers/${namespace}/roleAssignments`;
  const nameOf = (request: FastifyRequest): string => paramOf(request, "assignment");
  const find = (scope: string, name: string): Promise<RoleAssignmentsTable | undefined> =>
    store.read
      .selectFrom("role_assignments")
      .selectAll()
      .where("key", "=", resourceKey(assignmentId(scope, name)))
      .executeTakeFirst();

  addRoute(app, `${path}/:assignment`, {
    GET: async (request) => {
      const { scope } = await beginAt(services, request, "roleAssignments/read");
      const row = await find(scope, nameOf(request));
      if (row !== undefined) return presentAssignment(services, row);
      throw new DomainError("ResourceNotFound", `The role assignment '${nameOf(request)}' is not found at '${scope}'.`);
    },
    PUT: async (request, reply) => {
      const call = await beginAt(services, request, "roleAssignments/write");
      const { row, isNew, isRecorded } = await putAssignment(services, {
        ...call,
        name: nameOf(request),
        body: request.body,
        correlationId: request.correlationId,
        http: httpInfoOf(request),
      });
      request.isRecorded = isRecorded;
      return reply.code(isNew ? 201 : 200).send(presentAssignment(services, row));
    },
    DELETE: async (request, reply) => {
      const { scope, caller } = await beginAt(services, request, "roleAssignments/delete");
      const row = await find(scope, nameOf(request));
      if (row === undefined) return reply.code(204).send();
      const asked = { caller, correlationId: request.correlationId, http: httpInfoOf(request), httpStatus: 200 };
      await store.write(async (tx) => {
        await tx.deleteFrom("role_assignments").where("key", "=", row.key).execute();
        await recordAssignment(services, tx, row.id, "delete", asked);
      });
      request.isRecorded = true;
      services.grants.forget(row.principal_id);
      return presentAssignment(services, row);
    },
  });
  addRoute(app, path, {
    GET: async (request) => {
      const { scope, caller } = await beginAt(services, request, "roleAssignments/read");
      const filter = parseAssignmentFilter(queryOf(request, "$filter"));
      const { pageSize, after } = pageOf(request);
      const rows = await listAssignments(services, { scope, filter, caller, pageSize, after });
      const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
      return {
        value: rows.slice(0, pageSize).map((row) => presentAssignment(services, row)),
        nextLink: last === undefined ? null : nextLink(services.publicUrl, request, last.key),
      };
    },
  });
}

interface ListQuery {
  readonly scope: string;
  readonly filter: AssignmentFilter;
  readonly caller: Caller;
  readonly pageSize: number;
  readonly after: string | undefined;
}

/** What reaches a scope: granted at it or above it, and, unless only that is asked for, below it. One more row than a page holds. */
function listAssignments({ store }: Services, query: ListQuery): Promise<RoleAssignmentsTable[]> {
  const { scope, filter, caller, pageSize, after = "" } = query;
  const key = scopeKey(scope);
  const parts = key.split("/");
  const above = parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  let select = store.read.selectFrom("role_assignments").selectAll().where("key", ">", after).orderBy("key");
  select = select.where((eb) => {
    const here = eb("scope_key", "in", above);
    if (filter.isAtScope) return here;
    // The character after "/" ends the range of everything below.
    return eb.or([here, eb.and([eb("scope_key", ">", `${key}/`), eb("scope_key", "<", `${key}0`)])]);
  });
  if (filter.principalId !== undefined) select = select.where("principal_id", "=", filter.principalId);
  if (filter.assignedTo !== undefined) {
    // Of others, the groups are not known here.
    const ids = filter.assignedTo === caller.principalId ? principalsOf(caller) : [filter.assignedTo];
    select = select.where("principal_id", "in", [...ids]);
  }
  return select.limit(pageSize + 1).execute();
}

/** A role assignment as answers show it. */
export const presentAssignment = ({ subscriptionId }: Services, row: RoleAssignmentsTable) => ({
  id: row.id,
  name: row.name,
  type: `${namespace}/roleAssignments`,
  properties: {
    roleDefinitionId: `/subscriptions/${subscriptionId}/providers/${namespace}/roleDefinitions/${row.role}`,
    principalId: row.principal_id,
    principalType: row.principal_type,
    scope: row.scope,
    description: row.description,
    condition: null,
    conditionVersion: null,
    createdOn: row.created_at,
    updatedOn: row.updated_at ?? row.created_at,
    createdBy: row.created_by,
    updatedBy: row.updated_by ?? row.created_by,
    delegatedManagedIdentityResourceId: null,
  },
});
