import { randomUUID } from "node:crypto";
import { resourceKey } from "@arcfleet/contract";
import type { Clock } from "../clock.ts";
import type { RoleAssignmentsTable } from "../db/identity-tables.ts";
import type { Tx } from "../db/store.ts";
import { scopeKey } from "./permits.ts";

export interface NewAssignment {
  /** A GUID; absent: a new one. */
  readonly name?: string;
  readonly scope: string;
  /** The GUID of the role definition. */
  readonly role: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly createdBy: string;
  readonly description?: string | null;
}

/** Saves a role assignment; the same role for the same principal at the same scope breaks the table's uniqueness. */
export async function addAssignment(tx: Tx, what: NewAssignment, clock: Clock): Promise<RoleAssignmentsTable> {
  const name = what.name ?? randomUUID();
  const id = assignmentId(what.scope, name);
  const now = clock.now().toISOString();
  const row: RoleAssignmentsTable = {
    key: resourceKey(id),
    id,
    name,
    scope: what.scope,
    scope_key: scopeKey(what.scope),
    role: what.role.toLowerCase(),
    principal_id: what.principalId,
    principal_type: what.principalType,
    created_at: now,
    created_by: what.createdBy,
    description: what.description ?? null,
    updated_at: now,
    updated_by: what.createdBy,
  };
  await tx.insertInto("role_assignments").values(row).execute();
  return row;
}

export const assignmentId = (scope: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;

/**
 * Ends what was granted at a resource or group that is removed and at scopes within it (a cluster's namespaces), so that a later one of
 * the same name begins without.
 */
export async function removeAssignmentsAt(tx: Tx, key: string): Promise<void> {
  // The character after "/" ends the range of everything below.
  await tx
    .deleteFrom("role_assignments")
    .where((eb) =>
      eb.or([eb("scope_key", "=", key), eb.and([eb("scope_key", ">", `${key}/`), eb("scope_key", "<", `${key}0`)])]),
    )
    .execute();
}
