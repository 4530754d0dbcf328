import { DomainError } from "../errors.ts";
import { parseTerms } from "./odata-terms.ts";
import { scopeIncludes, scopeKey } from "./permits.ts";
import type { RoleDefinition } from "./role-definition.ts";

/** Whether a role may be assigned at a scope. */
export const isAssignableAt = (role: RoleDefinition, scope: string): boolean =>
  role.custom === undefined ||
  role.custom.assignableScopes.some((each) => scopeIncludes(scopeKey(each), scopeKey(scope)));

const isAssignableBelow = (role: RoleDefinition, scope: string): boolean =>
  role.custom?.assignableScopes.some((each) => scopeIncludes(scopeKey(scope), scopeKey(each))) ?? true;

const kindOf = (role: RoleDefinition): string => (role.custom === undefined ? "builtinrole" : "customrole");

/**
 * Reads the `$filter` forms of role definition lists: `roleName eq '…'`, `type eq 'BuiltInRole'` or `'CustomRole'`, and
 * `atScopeAndBelow()`, without which only roles are shown that can be assigned at the scope; where there is none, all are.
 */
export function parseRoleFilter(
  text: string | undefined,
  scope: string | undefined,
): (role: RoleDefinition) => boolean {
  const tests: ((role: RoleDefinition) => boolean)[] = [];
  let isBelowToo = false;
  for (const { name, value } of parseTerms(text) ?? [{ name: "" }]) {
    if (name === "rolename" && value !== undefined) {
      tests.push(({ roleName }) => roleName.toLowerCase() === value.toLowerCase());
    } else if (name === "type" && value !== undefined) tests.push((role) => kindOf(role) === value.toLowerCase());
    else if (name === "atscopeandbelow" && value === undefined) isBelowToo = true;
    else {
      throw new DomainError(
        "BadRequest",
        `The $filter is not understood: '${text}'. Possible are roleName eq '…', type eq 'BuiltInRole' or 'CustomRole', and atScopeAndBelow(), joined by 'and'.`,
      );
    }
  }
  const isHere = (role: RoleDefinition): boolean =>
    scope === undefined || isAssignableAt(role, scope) || (isBelowToo && isAssignableBelow(role, scope));
  return (role) => isHere(role) && tests.every((test) => test(role));
}
