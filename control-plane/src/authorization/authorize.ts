import type { Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { findBuiltInRole } from "./built-in-roles.ts";
import { type Grant, type Grants, loadGrants } from "./grants.ts";
import { roleAllows, scopeIncludes, scopeKey } from "./permits.ts";
import type { RoleDefinition } from "./role-definition.ts";
import { loadRole, type Roles } from "./roles.ts";

/** A role that somebody holds, and where. */
export interface HeldRole {
  readonly grant: Grant;
  readonly role: RoleDefinition;
}

/** Where something is allowed: at the asked scope and so everywhere below it, or only at these scope keys below it. */
export type Reach = "everywhere" | readonly string[];

export interface Authorizer {
  /** Whether the caller may do `action` at `scope`. */
  isAllowed(caller: Caller, action: string, scope: string): Promise<boolean>;
  /** Deny by default. Called before anything is looked up, so that a refusal never tells whether the thing exists. */
  authorize(caller: Caller, action: string, scope: string): Promise<void>;
  /**
   * Where below `scope` the caller may do `action`: what a list may show. Refused when that is nowhere.
   * @throws DomainError AuthorizationFailed
   */
  reach(caller: Caller, action: string, scope: string): Promise<Reach>;
  /** Whether the caller holds any role at `scope`, above it or below it. */
  isKnownAt(caller: Caller, scope: string): Promise<boolean>;
  /** The roles that any of these principals holds at `scope`, inherited ones included. */
  rolesAt(principalIds: readonly string[], scope: string): Promise<readonly HeldRole[]>;
}

/** Whom the roles of a caller may be assigned to: itself, and the groups that its token names. */
export const principalsOf = (caller: Caller): readonly string[] => [caller.principalId, ...(caller.groups ?? [])];

/**
 * The same in the middle of a write, where whom or what to ask about shows only in what the transaction read: from its own reads, so that the
 * answer belongs to the same moment as what is decided with it, and is found anew when the work is run again.
 */
export const authorizerIn = (tx: Tx): Authorizer =>
  createAuthorizer(
    { of: (principalIds) => loadGrants(tx, principalIds) },
    { find: async (id) => findBuiltInRole(id) ?? (await loadRole(tx, id.toLowerCase())) },
  );

export function createAuthorizer(grants: Pick<Grants, "of">, roles: Pick<Roles, "find">): Authorizer {
  const held = (principalIds: readonly string[]): Promise<readonly Grant[]> =>
    grants.of([...new Set(principalIds.map((id) => id.toLowerCase()))]);

  const withRoles = async (some: readonly Grant[]): Promise<readonly HeldRole[]> => {
    const found = await Promise.all(some.map(async (grant) => ({ grant, role: await roles.find(grant.role) })));
    // A role that is gone allows nothing.
    return found.flatMap(({ grant, role }) => (role === undefined ? [] : [{ grant, role }]));
  };

  const rolesAt: Authorizer["rolesAt"] = async (principalIds, scope) => {
    const wanted = scopeKey(scope);
    return withRoles((await held(principalIds)).filter((grant) => scopeIncludes(grant.scopeKey, wanted)));
  };

  const isAllowed: Authorizer["isAllowed"] = async (caller, action, scope) =>
    (await rolesAt(principalsOf(caller), scope)).some(({ role }) => roleAllows(role, action));

  return {
    isAllowed,
    rolesAt,
    async authorize(caller, action, scope) {
      if (!(await isAllowed(caller, action, scope))) throw refusal(caller, action, scope);
    },
    async reach(caller, action, scope) {
      if (await isAllowed(caller, action, scope)) return "everywhere";
      const wanted = scopeKey(scope);
      const below = (await held(principalsOf(caller))).filter((grant) => scopeIncludes(wanted, grant.scopeKey));
      const allowed = (await withRoles(below)).filter(({ role }) => roleAllows(role, action));
      if (allowed.length === 0) throw refusal(caller, action, scope);
      return [...new Set(allowed.map(({ grant }) => grant.scopeKey))];
    },
    async isKnownAt(caller, scope) {
      const wanted = scopeKey(scope);
      return (await held(principalsOf(caller))).some(
        (grant) => scopeIncludes(wanted, grant.scopeKey) || scopeIncludes(grant.scopeKey, wanted),
      );
    },
  };
}

export const refusal = (caller: Caller, action: string, scope: string): DomainError =>
  new DomainError(
    "AuthorizationFailed",
    `The client '${caller.name}' with object id '${caller.principalId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
  );
