import type { App } from "../http/app.ts";
import type { Services } from "../services.ts";
import { addAccessRoutes } from "./access-routes.ts";
import { addCheckAccessRoute } from "./check-access-route.ts";
import { addAssignmentRoutes } from "./role-assignment-routes.ts";
import { addDefinitionRoutes, addTenantDefinitionRoutes } from "./role-definition-routes.ts";
import { clusterScopePaths, scopePaths } from "./scope-routes.ts";

/** `Microsoft.Authorization`, at every kind of scope. */
export function registerRoleRoutes(app: App, services: Services): void {
  for (const path of scopePaths) {
    addAssignmentRoutes(app, services, path);
    addDefinitionRoutes(app, services, path);
    addAccessRoutes(app, services, path);
  }
  for (const path of clusterScopePaths) addCheckAccessRoute(app, services, path);
  addTenantDefinitionRoutes(app, services);
}
