import { DomainError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { apiVersionOf, identify, queryOf } from "../http/request-context.ts";
import { addRoute, paramOf } from "../http/routes.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import { putRole, removeRole } from "./put-role.ts";
import type { RoleDefinition } from "./role-definition.ts";
import { isAssignableAt, parseRoleFilter } from "./role-filter.ts";
import { beginAt, namespace } from "./scope-routes.ts";

/** The role definitions as seen from one kind of scope. */
export function addDefinitionRoutes(app: App, services: Services, scopePath: string): void {
  const path = `${scopePath}/providers/${namespace}/roleDefinitions`;
  addRoute(app, `${path}/:role`, {
    GET: async (request) => {
      const { scope } = await beginAt(services, request, "roleDefinitions/read");
      const role = await services.roles.find(paramOf(request, "role"));
      if (role !== undefined && isAssignableAt(role, scope)) return presentRole(scope, role);
      throw noRole(paramOf(request, "role"));
    },
    PUT: async (request, reply) => {
      const call = await beginAt(services, request, "roleDefinitions/write");
      const role = await putRole(services, { ...call, name: paramOf(request, "role"), body: request.body });
      // Also of a change: Azure's clients take nothing else for a success.
      return reply.code(201).send(presentRole(call.scope, role));
    },
    DELETE: async (request, reply) => {
      const call = await beginAt(services, request, "roleDefinitions/delete");
      const role = await removeRole(services, { ...call, name: paramOf(request, "role") });
      return role === undefined ? reply.code(204).send() : presentRole(call.scope, role);
    },
  });
  addRoute(app, path, {
    GET: async (request) => {
      const { scope } = await beginAt(services, request, "roleDefinitions/read");
      const isWanted = parseRoleFilter(queryOf(request, "$filter"), scope);
      const value = (await services.roles.list()).filter(isWanted);
      return { value: value.map((role) => presentRole(scope, role)), nextLink: null };
    },
  });
}

/** Without a scope: built-in roles for everyone, custom ones for who may read roles where they can be assigned. */
export function addTenantDefinitionRoutes(app: App, services: Services): void {
  const path = `/providers/${namespace}/roleDefinitions`;
  const isVisible = async (caller: Caller, { custom }: RoleDefinition): Promise<boolean> => {
    if (custom === undefined) return true;
    const action = `${namespace}/roleDefinitions/read`;
    const answers = custom.assignableScopes.map((scope) => services.access.isAllowed(caller, action, scope));
    return (await Promise.all(answers)).includes(true);
  };
  addRoute(app, `${path}/:role`, {
    GET: async (request) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const role = await services.roles.find(paramOf(request, "role"));
      if (role !== undefined && (await isVisible(caller, role))) return presentRole("", role);
      throw noRole(paramOf(request, "role"));
    },
  });
  addRoute(app, path, {
    GET: async (request) => {
      const caller = await identify(services, request);
      apiVersionOf(request);
      const isWanted = parseRoleFilter(queryOf(request, "$filter"), undefined);
      const roles = await services.roles.list();
      const visible = await Promise.all(roles.map((role) => isVisible(caller, role)));
      const value = roles.filter((role, index) => visible[index] && isWanted(role));
      return { value: value.map((role) => presentRole("", role)), nextLink: null };
    },
  });
}

const noRole = (name: string): DomainError =>
  new DomainError("ResourceNotFound", `The role definition '${name}' does not exist, or not at this scope.`);

/** A role definition as answers at a scope show it. */
export const presentRole = (scope: string, role: RoleDefinition) => {
  const { actions, notActions, dataActions, notDataActions, custom } = role;
  const kind = custom === undefined ? "BuiltInRole" : "CustomRole";
  return {
    id: `${scope}/providers/${namespace}/roleDefinitions/${role.id}`,
    name: role.id,
    type: `${namespace}/roleDefinitions`,
    properties: {
      roleName: role.roleName,
      type: kind,
      description: role.description,
      assignableScopes: custom?.assignableScopes ?? ["/"],
      permissions: [{ actions, notActions, dataActions, notDataActions }],
      createdOn: custom?.createdOn ?? null,
      updatedOn: custom?.updatedOn ?? null,
      createdBy: custom?.createdBy ?? null,
      updatedBy: custom?.updatedBy ?? null,
    },
  };
};
