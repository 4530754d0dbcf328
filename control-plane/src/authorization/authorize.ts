import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { findRole } from "./built-in-roles.ts";
import { roleAllows, scopeIncludes, scopeKey } from "./permits.ts";
import type { Grants } from "./role-assignments.ts";

export interface Authorizer {
  /** Whether the caller may do `action` at `scope`. */
  isAllowed(caller: Caller, action: string, scope: string): Promise<boolean>;
  /** Deny by default. Called before anything is looked up, so that a refusal never tells whether the thing exists. */
  authorize(caller: Caller, action: string, scope: string): Promise<void>;
}

export function createAuthorizer(grants: Grants): Authorizer {
  const isAllowed: Authorizer["isAllowed"] = async (caller, action, scope) => {
    const wanted = scopeKey(scope);
    return (await grants.of(caller.principalId)).some((grant) => {
      const role = findRole(grant.role);
      return role !== undefined && scopeIncludes(grant.scopeKey, wanted) && roleAllows(role, action);
    });
  };
  return {
    isAllowed,
    async authorize(caller, action, scope) {
      if (await isAllowed(caller, action, scope)) return;
      throw new DomainError(
        "AuthorizationFailed",
        `The client '${caller.name}' with object id '${caller.principalId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      );
    },
  };
}
