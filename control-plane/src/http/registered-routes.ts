import type { App } from "./app.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** What is answered with more than a refusal; for the test that compares it with the contract's list of all calls. */
    registeredRoutes: RegisteredRoute[];
  }
  interface FastifyContextConfig {
    /** True for a route that only says which methods its path has. */
    isRefusal?: boolean;
  }
}

export interface RegisteredRoute {
  readonly method: string;
  /** Fastify's pattern: `/subscriptions/:subscriptionId`. */
  readonly url: string;
}

/** Notes every route that is registered from now on. */
export function collectRoutes(app: App): void {
  const routes: RegisteredRoute[] = [];
  app.decorate("registeredRoutes", routes);
  app.addHook("onRoute", ({ method, url, config }) => {
    if (config?.isRefusal) return;
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
}
