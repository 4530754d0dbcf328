import { RoleAssignmentProperties, resourceKey, roleAssignment } from "@arcfleet/contract";
import { z } from "zod";
import type { RoleAssignmentsTable } from "../db/identity-tables.ts";
import { DomainError, invalid, invalidContent } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { findRole } from "./built-in-roles.ts";
import { scopeKey } from "./permits.ts";
import { addAssignment, assignmentId } from "./role-assignments.ts";

const Body = z.looseObject({ properties: RoleAssignmentProperties.extend({ condition: z.string().nullish() }) });

/** The directory of this control plane knows applications and managed identities: both are this to ARM. */
const principalType = "ServicePrincipal";

export interface PutAssignment {
  readonly scope: string;
  readonly name: string;
  readonly body: unknown;
  readonly caller: Caller;
}

interface Wanted {
  readonly role: string;
  readonly principalId: string;
}

async function parseWanted({ identity }: Services, body: unknown): Promise<Wanted> {
  const parsed = Body.safeParse(body);
  if (!parsed.success) {
    throw invalidContent(
      `The body must hold properties.roleDefinitionId and properties.principalId (a GUID): ${z.prettifyError(parsed.error)}`,
    );
  }
  const { roleDefinitionId, principalId, principalType: expected = principalType, condition } = parsed.data.properties;
  // To leave a condition out would grant more than was asked for.
  if (condition) throw invalid("Conditions of role assignments are not supported here.", "properties.condition");
  const role = findRole(roleDefinitionId.split("/").at(-1) ?? "");
  if (role === undefined) {
    throw new DomainError(
      "RoleDefinitionDoesNotExist",
      `The role definition '${roleDefinitionId}' does not exist; roleDefinitions lists those that do.`,
      { target: "properties.roleDefinitionId" },
    );
  }
  const principal = await identity.applications.findByPrincipal(principalId);
  if (principal === undefined) {
    throw new DomainError(
      "PrincipalNotFound",
      `The principal '${principalId}' does not exist in the directory of this control plane.`,
      { target: "properties.principalId" },
    );
  }
  if (expected !== principalType) {
    throw new DomainError(
      "UnmatchedPrincipalType",
      `The principal '${principalId}' is a ${principalType}, not a ${expected}. Leave principalType out, or give what it is.`,
      { target: "properties.principalType" },
    );
  }
  return { role: role.id, principalId: principal.principalId };
}

/** The scope must be there: a grant on a name that somebody takes later would be a trap. */
async function checkScopeExists({ store, subscriptionId }: Services, key: string): Promise<void> {
  if (key === scopeKey(`/subscriptions/${subscriptionId}`)) return;
  const [group, resource] = await Promise.all([
    store.read.selectFrom("resource_groups").select("key").where("key", "=", key).executeTakeFirst(),
    store.read.selectFrom("resources").select("key").where("key", "=", key).executeTakeFirst(),
  ]);
  if (group ?? resource) return;
  throw new DomainError("ResourceNotFound", `The scope '${key}' does not exist.`);
}

/** Creates a role assignment, or finds that it is there already. */
export async function putAssignment(
  services: Services,
  { scope, name, body, caller }: PutAssignment,
): Promise<{ readonly row: RoleAssignmentsTable; readonly isNew: boolean }> {
  if (!roleAssignment.name.pattern.test(name)) {
    throw new DomainError(
      "InvalidResourceName",
      `The name of a role assignment must be ${roleAssignment.name.rule}; it is '${name}'.`,
    );
  }
  const wanted = await parseWanted(services, body);
  await checkScopeExists(services, scopeKey(scope));
  const result = await services.store.write(async (tx) => {
    const present = await tx
      .selectFrom("role_assignments")
      .selectAll()
      .where("key", "=", resourceKey(assignmentId(scope, name)))
      .executeTakeFirst();
    if (present !== undefined) {
      if (present.role === wanted.role && present.principal_id === wanted.principalId)
        return { row: present, isNew: false };
      throw new DomainError(
        "PropertyChangeNotAllowed",
        `The role assignment '${name}' grants another role or principal; these cannot be changed. Delete it and create it again.`,
      );
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
    const assignment = { ...wanted, scope, name, principalType, createdBy: caller.principalId };
    return { row: await addAssignment(tx, assignment, services.clock), isNew: true };
  });
  services.grants.forget(wanted.principalId);
  return result;
}
