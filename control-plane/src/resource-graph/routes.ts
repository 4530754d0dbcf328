/** Azure Resource Graph: questions about everything that there is, in a language of their own. */
import { resourceGraphApiVersions } from "@arcfleet/contract";
import type { App } from "../http/app.ts";
import { apiVersionOf, identify } from "../http/request-context.ts";
import { addRoute } from "../http/routes.ts";
import type { Services } from "../services.ts";
import { parseRequest } from "./query-request.ts";
import { createQuota, quotaHeaders } from "./quota.ts";
import { runQuery } from "./run-query.ts";

const type = "Microsoft.ResourceGraph/resources";

/** Versions up to this one answer tables unless told otherwise. */
const lastVersionWithTables = "2019-04-01";

export function registerResourceGraphRoutes(app: App, services: Services): void {
  const quota = createQuota(services.clock);
  addRoute(app, "/providers/Microsoft.ResourceGraph/resources", {
    POST: async (request, reply) => {
      // Whoever has a token may ask; the answer holds what their roles let them read.
      const caller = await identify(services, request);
      const version = apiVersionOf(request, { type, versions: resourceGraphApiVersions });
      const state = quota.take(caller.principalId);
      const query = parseRequest(request.body, version <= lastVersionWithTables);
      const answer = await quota.run(() => runQuery(services, caller, query));
      return reply.headers(quotaHeaders(state)).send(answer);
    },
  });
}
