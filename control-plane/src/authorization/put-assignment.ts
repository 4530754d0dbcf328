import { type principalTypes, RoleAssignmentProperties, resourceKey, roleAssignment } from "@arcfleet/contract";
import { z } from "zod";
import type { HttpRequestInfo } from "../activity/event.ts";
import type { RoleAssignmentsTable } from "../db/identity-tables.ts";
import { DomainError, invalid, invalidContent } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { findPrincipal } from "../identity/directory/find-principal.ts";
import type { Services } from "../services.ts";
import { scopeKey } from "./permits.ts";
import { recordAssignment } from "./record-assignment.ts";
import { addAssignment, assignmentId } from "./role-assignments.ts";
import { isAssignableAt } from "./role-filter.ts";
import { requireScope } from "./scope-routes.ts";

type PrincipalType = (typeof principalTypes)[number];

const Body = z.looseObject({
  properties: RoleAssignmentProperties.extend({
    condition: z.string().nullish(),
    description: z.string().max(2048).nullish(),
  }),
});

export interface PutAssignment {
  readonly scope: string;
  readonly name: string;
  readonly body: unknown;
  readonly caller: Caller;
  readonly correlationId: string;
  readonly http?: HttpRequestInfo | undefined;
}

interface Wanted {
  readonly role: string;
  readonly principalId: string;
  readonly principalType: PrincipalType;
  readonly description: string | null;
}

async function parseWanted(services: Services, scope: string, body: unknown): Promise<Wanted> {
  const parsed = Body.safeParse(body);
  if (!parsed.success) {
    throw invalidContent(
      `The body must hold properties.roleDefinitionId and properties.principalId (a GUID): ${z.prettifyError(parsed.error)}`,
    );
  }
  const { roleDefinitionId, principalId, principalType, condition, description } = parsed.data.properties;
  // To leave a condition out would grant more than was asked for.
  if (condition) throw invalid("Conditions of role assignments are not supported here.", "properties.condition");
  const role = await services.roles.find(roleDefinitionId.split("/").at(-1) ?? "");
  if (role === undefined) {
    throw new DomainError(
      "RoleDefinitionDoesNotExist",
      `The role definition '${roleDefinitionId}' does not exist; roleDefinitions lists those that do.`,
      { target: "properties.roleDefinitionId" },
    );
  }
  if (!isAssignableAt(role, scope)) {
    throw invalid(
      `The role '${role.roleName}' can be assigned at ${role.custom?.assignableScopes.join(", ")}, not at '${scope}'.`,
      "properties.roleDefinitionId",
    );
  }
  const principal = await requirePrincipal(services, principalId, principalType ?? undefined);
  return { role: role.id, ...principal, description: description ?? null };
}

/** Principals of another directory, whose tokens or cluster users name them: of those, nobody here can say whether they exist. */
const elsewhere: readonly PrincipalType[] = ["User", "Group", "ForeignGroup"];

async function requirePrincipal(
  { identity, store }: Services,
  id: string,
  expected: PrincipalType | undefined,
): Promise<Pick<Wanted, "principalId" | "principalType">> {
  const principal = await findPrincipal({ applications: identity.applications, store }, id);
  if (principal === undefined) {
    if (expected !== undefined && elsewhere.includes(expected)) {
      return { principalId: id.toLowerCase(), principalType: expected };
    }
    throw new DomainError(
      "PrincipalNotFound",
      `The principal '${id}' does not exist in the directory of this control plane. For a user or group of another directory, say so with principalType: ${elsewhere.join(", ")}.`,
      { target: "properties.principalId" },
    );
  }
  const { principalId, type } = principal;
  if (expected === undefined || expected === type) return { principalId, principalType: type };
  throw new DomainError(
    "UnmatchedPrincipalType",
    `The principal '${id}' is a ${type}, not a ${expected}. Leave principalType out, or give what it is.`,
    { target: "properties.principalType" },
  );
}

/** Creates a role assignment, finds that it is there already, or changes its description. */
export async function putAssignment(
  services: Services,
  { scope, name, body, ...asked }: PutAssignment,
): Promise<{ readonly row: RoleAssignmentsTable; readonly isNew: boolean; readonly isRecorded: boolean }> {
  const { caller } = asked;
  if (!roleAssignment.name.pattern.test(name)) {
    throw new DomainError(
      "InvalidResourceName",
      `The name of a role assignment must be ${roleAssignment.name.rule}; it is '${name}'.`,
    );
  }
  const wanted = await parseWanted(services, scope, body);
  await requireScope(services.store.read, services.subscriptionId, scope);
  const result = await services.store.write(async (tx) => {
    // Both may have gone since they were looked up; a grant must not outlive them.
    await requireScope(tx, services.subscriptionId, scope);
    const present = await tx
      .selectFrom("role_assignments")
      .selectAll()
      .where("key", "=", resourceKey(assignmentId(scope, name)))
      .executeTakeFirst();
    if (present !== undefined) {
      if (present.role !== wanted.role || present.principal_id !== wanted.principalId) {
        throw new DomainError(
          "PropertyChangeNotAllowed",
          `The role assignment '${name}' grants another role or principal; these cannot be changed. Delete it and create it again.`,
        );
      }
      if (present.description === wanted.description) return { row: present, isNew: false, isRecorded: false };
      const changes = {
        description: wanted.description,
        updated_at: services.clock.now().toISOString(),
        updated_by: caller.principalId,
      };
      await tx.updateTable("role_assignments").set(changes).where("key", "=", present.key).execute();
      await recordAssignment(services, tx, present.id, "write", { ...asked, httpStatus: 200 });
      return { row: { ...present, ...changes }, isNew: false, isRecorded: true };
    }
    const same = await tx
      .selectFrom("role_assignments")
      .select("name")
      .where("scope_key", "=", scopeKey(scope))
      .where("role", "=", wanted.role)
      .where("principal_id", "=", wanted.principalId)
      .executeTakeFirst();
    if (same !== undefined) {
      throw new DomainError("RoleAssignmentExists", `The role assignment already exists: it is '${same.name}'.`);
    }
    const assignment = { ...wanted, scope, name, createdBy: caller.principalId };
    const row = await addAssignment(tx, assignment, services.clock);
    await recordAssignment(services, tx, row.id, "write", { ...asked, httpStatus: 201 });
    return { row, isNew: true, isRecorded: true };
  });
  services.grants.forget(wanted.principalId);
  return result;
}
