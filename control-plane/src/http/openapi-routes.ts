import { createHash } from "node:crypto";
import { openApiDocument } from "@arcfleet/contract/openapi";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";
import { addRoute } from "./routes.ts";

interface Served {
  readonly text: string;
  readonly etag: string;
}

/** The description of all calls, for people who write clients and for what makes them. Public, as the checked-in one is. */
export function registerOpenApiRoutes(app: App, { publicUrl, tenantId }: Services): void {
  // Made when first asked for: most control planes never are.
  let served: Served | undefined;
  addRoute(app, "/openapi.json", {
    GET: async (request, reply) => {
      served ??= make(publicUrl, tenantId);
      reply.header("etag", served.etag);
      if (request.headers["if-none-match"] === served.etag) return reply.code(304).send();
      return reply.type("application/json; charset=utf-8").send(served.text);
    },
  });
}

function make(endpoint: string, tenantId: string): Served {
  const text = JSON.stringify(openApiDocument({ endpoint, tenantId }));
  return { text, etag: `"${createHash("sha256").update(text).digest("base64url")}"` };
}
