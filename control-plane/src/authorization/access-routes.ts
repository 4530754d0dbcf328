import { DomainError } from "../errors.ts";
import type { App } from "../http/app.ts";
import { addRoute, paramOf } from "../http/routes.ts";
import type { Services } from "../services.ts";
import { principalsOf } from "./authorize.ts";
import { beginAt, identifyAt, namespace } from "./scope-routes.ts";

/** What surrounds roles at a scope: what the caller itself may do there, and the deny assignments, of which there are none here. */
export function addAccessRoutes(app: App, services: Services, scopePath: string): void {
  const base = `${scopePath}/providers/${namespace}`;
  addRoute(app, `${base}/permissions`, {
    // Everyone may know what their own roles are; where there are none, nothing is told.
    GET: async (request) => {
      const { caller, scope } = await identifyAt(services, request);
      const held = await services.access.rolesAt(principalsOf(caller), scope);
      const value = held.map(({ role: { actions, notActions, dataActions, notDataActions } }) => ({
        actions,
        notActions,
        dataActions,
        notDataActions,
      }));
      return { value, nextLink: null };
    },
  });
  addRoute(app, `${base}/denyAssignments`, {
    GET: async (request) => {
      await beginAt(services, request, "denyAssignments/read");
      return { value: [], nextLink: null };
    },
  });
  addRoute(app, `${base}/denyAssignments/:assignment`, {
    GET: async (request) => {
      const { scope } = await beginAt(services, request, "denyAssignments/read");
      const name = paramOf(request, "assignment");
      throw new DomainError("ResourceNotFound", `The deny assignment '${name}' is not found at '${scope}'.`);
    },
  });
}
