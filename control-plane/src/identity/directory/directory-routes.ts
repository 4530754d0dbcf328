import type { App } from "../../http/app.ts";
import type { Services } from "../../services.ts";
import { registerGraphRoutes } from "./graph-routes.ts";
import { registerPrincipalRoutes } from "./principal-routes.ts";
import { registerSigningKeyRoutes } from "./signing-key-routes.ts";
import { registerUserRoutes } from "./user-routes.ts";

/** Registers what operators manage: people, applications, signing keys. */
export function registerDirectoryRoutes(app: App, services: Services): void {
  registerUserRoutes(app, services);
  registerPrincipalRoutes(app, services);
  registerSigningKeyRoutes(app, services);
  registerGraphRoutes(app, services);
}
