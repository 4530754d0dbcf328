import type { FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { DomainError } from "../errors.ts";
import type { App } from "./app.ts";

export type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

const allMethods = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"] as const satisfies readonly HTTPMethods[];
export type Method = (typeof allMethods)[number];

/** Registers a path with its methods; the others answer that the path exists, but not with them. */
export function addRoute(
  app: App,
  url: string,
  handlers: Readonly<Partial<Record<Method, Handler>>>,
  config: { readonly takesJson5?: boolean } = {},
): void {
  const known = Object.keys(handlers);
  for (const [method, handler] of Object.entries(handlers)) {
    app.route({ method, url, handler, config, exposeHeadRoute: handlers.HEAD === undefined });
  }
  const others = allMethods.filter(
    (method) => !known.includes(method) && !(method === "HEAD" && handlers.GET !== undefined),
  );
  app.route({
    method: others,
    url,
    config: { isRefusal: true },
    handler: async (request) => {
      throw new DomainError(
        "MethodNotAllowed",
        `${request.method} is not possible on '${request.url.split("?")[0]}'. Possible are: ${known.join(", ")}.`,
        { headers: { allow: known.join(", ") } },
      );
    },
  });
}

/** A parameter of the route's pattern. */
export function paramOf(request: FastifyRequest, name: string): string {
  const { params } = request;
  const value: unknown = typeof params === "object" && params !== null ? Reflect.get(params, name) : undefined;
  if (typeof value === "string" && value !== "") return value;
  throw new DomainError("BadRequest", `The path lacks its '${name}'.`);
}
