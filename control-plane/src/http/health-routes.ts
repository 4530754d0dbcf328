import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { identify } from "./request-context.ts";
import { addRoute } from "./routes.ts";

/**
 * For supervisors and Prometheus. Metrics are for who may read the subscription: that a request comes from this machine says nothing, because
 * what a proxy on it passes on does too. Without a token they are told on a port of their own alone (metrics-listener.ts).
 */
export function registerHealthRoutes(app: App, services: Services): void {
  addRoute(app, "/healthz", { GET: async (_request, reply) => reply.send({ status: "ok" }) });
  addRoute(app, "/readyz", {
    GET: async (_request, reply) => {
      if (services.isDraining()) {
        const message = "The control plane is stopping; send requests elsewhere.";
        throw new DomainError("ServiceUnavailable", message);
      }
      await services.store.read.selectFrom("resource_groups").select("key").limit(1).execute();
      return reply.send({ status: "ready" });
    },
  });
  addRoute(app, "/metrics", {
    GET: async (request, reply) => {
      const caller = await identify(services, request);
      await services.authorize(
        caller,
        "Microsoft.Resources/subscriptions/read",
        `/subscriptions/${services.subscriptionId}`,
      );
      const { registry } = services.metrics;
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  });
}
