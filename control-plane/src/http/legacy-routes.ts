import { connectedCluster } from "@arcfleet/contract";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { identify } from "./request-context.ts";
import { patternOf } from "./resource-routes.ts";
import { addRoute } from "./routes.ts";

/**
 * The Flux v1 type that came before fluxConfigurations. There never are any here, but a command-line client lists them before it
 * creates a fluxConfiguration and stops unless the answer is an empty list.
 */
export function registerLegacyRoutes(app: App, services: Services): void {
  const path = `${patternOf(connectedCluster)}/providers/Microsoft.KubernetesConfiguration/sourceControlConfigurations`;
  addRoute(app, path, {
    GET: async (request, reply) => {
      await identify(services, request);
      return reply.send({ value: [], nextLink: null });
    },
  });
}
