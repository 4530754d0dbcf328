import { randomUUID } from "node:crypto";
import { resourceKey } from "@arcfleet/contract";
import type { Clock } from "../clock.ts";
import type { RoleAssignmentsTable } from "../db/identity-tables.ts";
import type { Store, Tx } from "../db/store.ts";
import { scopeKey } from "./permits.ts";

/** How long another process may go on with assignments that were changed here. */
const CACHE_MS = 5000;
const CACHE_SIZE = 10_000;

/** A role held at a scope, reduced to what a decision needs. */
export interface Grant {
  readonly role: string;
  readonly scopeKey: string;
}

export interface NewAssignment {
  /** A GUID; absent: a new one. */
  readonly name?: string;
  readonly scope: string;
  /** The GUID of the role definition. */
  readonly role: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly createdBy: string;
}

/** Saves a role assignment; the same role for the same principal at the same scope breaks the table's uniqueness. */
export async function addAssignment(tx: Tx, what: NewAssignment, clock: Clock): Promise<RoleAssignmentsTable> {
  const name = what.name ?? randomUUID();
  const id = assignmentId(what.scope, name);
  const row: RoleAssignmentsTable = {
    key: resourceKey(id),
    id,
    name,
    scope: what.scope,
    scope_key: scopeKey(what.scope),
    role: what.role.toLowerCase(),
    principal_id: what.principalId,
    principal_type: what.principalType,
    created_at: clock.now().toISOString(),
    created_by: what.createdBy,
  };
  await tx.insertInto("role_assignments").values(row).execute();
  return row;
}

export const assignmentId = (scope: string, name: string): string =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;

/** Ends what was granted at a resource or group that is removed, so that a later one of the same name begins without. */
export async function removeAssignmentsAt(tx: Tx, key: string): Promise<void> {
  await tx.deleteFrom("role_assignments").where("scope_key", "=", key).execute();
}

export interface Grants {
  of(principalId: string): Promise<readonly Grant[]>;
  /** To be called after the commit of a change. */
  forget(principalId: string): void;
}

/** The grants of each principal, from memory for a few seconds. */
export function createGrants(store: Store, clock: Clock): Grants {
  const cache = new Map<string, { readonly at: number; readonly grants: readonly Grant[] }>();
  return {
    async of(principalId) {
      const now = clock.now().getTime();
      const cached = cache.get(principalId);
      if (cached !== undefined && now - cached.at < CACHE_MS) return cached.grants;
      const grants = await store.read
        .selectFrom("role_assignments")
        .select(["role", "scope_key as scopeKey"])
        .where("principal_id", "=", principalId)
        .execute();
      if (cache.size >= CACHE_SIZE) cache.clear();
      cache.set(principalId, { at: now, grants });
      return grants;
    },
    forget(principalId) {
      cache.delete(principalId);
    },
  };
}
