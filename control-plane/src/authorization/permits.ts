import type { RoleDefinition } from "./built-in-roles.ts";

const patterns = new Map<string, RegExp>();

/** `*` stands for any text, slashes included, and case does not matter: the rule of Azure's action strings. */
function toPattern(action: string): RegExp {
  const known = patterns.get(action);
  if (known !== undefined) return known;
  const source = action.split("*").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`^${source.join(".*")}$`, "i");
  patterns.set(action, pattern);
  return pattern;
}

const matchesAny = (granted: readonly string[], action: string): boolean =>
  granted.some((each) => toPattern(each).test(action));

/** Whether a role allows a control action: granted and not taken out again. */
export const roleAllows = (role: RoleDefinition, action: string): boolean =>
  matchesAny(role.actions, action) && !matchesAny(role.notActions, action);

/** The same for actions on what is inside a cluster. */
export const roleAllowsData = (role: RoleDefinition, action: string): boolean =>
  matchesAny(role.dataActions, action) && !matchesAny(role.notDataActions, action);

/** The form under which scopes are compared. */
export const scopeKey = (scope: string): string => scope.toLowerCase().replace(/\/+$/, "");

/** Whether what is granted at `granted` (a scope key) reaches `scope` (a scope key): it is the same or lies below. */
export const scopeIncludes = (granted: string, scope: string): boolean =>
  granted === scope || scope.startsWith(`${granted}/`);
