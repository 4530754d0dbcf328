import { type ActionMatch, anyOf, mayMeetAnyOf } from "./action-match.ts";
import type { Permissions } from "./role-definition.ts";

interface Compiled {
  readonly allows: ActionMatch;
  readonly allowsData: ActionMatch;
}

const compiled = new WeakMap<Permissions, Compiled>();

function compile(role: Permissions): Compiled {
  const known = compiled.get(role);
  if (known !== undefined) return known;
  const granted = anyOf(role.actions);
  const taken = mayMeetAnyOf(role.notActions);
  const grantedData = anyOf(role.dataActions);
  const takenData = mayMeetAnyOf(role.notDataActions);
  const made: Compiled = {
    allows: (action) => granted(action) && !taken(action),
    allowsData: (action) => grantedData(action) && !takenData(action),
  };
  compiled.set(role, made);
  return made;
}

/** Whether a role allows a control action: granted and not taken out again. */
export const roleAllows = (role: Permissions, action: string): boolean => compile(role).allows(action);

/** The same for actions on what is inside a cluster. */
export const roleAllowsData = (role: Permissions, action: string): boolean => compile(role).allowsData(action);

/**
 * The form under which scopes are compared. A namespace of a cluster has two spellings among clients, of which one has a provider in
 * between; they are one scope.
 */
export const scopeKey = (scope: string): string =>
  scope
    .toLowerCase()
    .replace(/\/+$/, "")
    .replace(/(\/connectedclusters\/[^/]+)\/providers\/microsoft\.kubernetesconfiguration(\/namespaces\/)/, "$1$2");

/** Whether what is granted at `granted` (a scope key) reaches `scope` (a scope key): it is the same or lies below. */
export const scopeIncludes = (granted: string, scope: string): boolean =>
  granted === scope || scope.startsWith(`${granted}/`);
