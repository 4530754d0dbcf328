import type { FastifyRequest } from "fastify";
import { DomainError } from "../errors.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { identify } from "./request-context.ts";
import { addRoute } from "./routes.ts";

const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/** What a proxy of this machine passes on comes from anywhere, and where metrics have a port, nobody needs this one. */
const isOfThisMachine = ({ settings }: Services, { ip, headers }: FastifyRequest): boolean =>
  settings.metricsPort === undefined &&
  loopback.has(ip) &&
  headers["x-forwarded-for"] === undefined &&
  headers.forwarded === undefined;

/** For supervisors and Prometheus. Metrics are for this machine, or for who may read the subscription. */
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
      if (!isOfThisMachine(services, request)) {
        const caller = await identify(services, request);
        await services.authorize(
          caller,
          "Microsoft.Resources/subscriptions/read",
          `/subscriptions/${services.subscriptionId}`,
        );
      }
      const { registry } = services.metrics;
      return reply.type(registry.contentType).send(await registry.metrics());
    },
  });
}
