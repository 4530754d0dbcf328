import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { dataPlaneRoute } from "../../data-plane/cluster-routes.ts";
import { DomainError } from "../../errors.ts";
import { TokenError } from "../../identity/token-error.ts";
import type { Services } from "../../services.ts";
import type { App } from "../app.ts";
import type { BudgetHeaders } from "./throttle.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** What is left of the caller's budget; set once the token was read. */
    budget: BudgetHeaders | undefined;
  }
}

/** Whoever watches over the process must get an answer when nobody else does. */
const unguarded = new Set(["/healthz", "/readyz", "/metrics"]);
const tokenRoute = "/:tenant/oauth2/v2.0/token";
const streamRoute = dataPlaneRoute("notifications");

const TokenForm = z.object({ client_id: z.string().max(200) });

/**
 * What is refused before a handler runs, cheapest first. The size of headers, and how long they and the body may take, is the matter of
 * Node's server: listen.ts.
 */
export function guardRequests(app: App, services: Services): void {
  const { throttle, metrics } = services;
  const { maxUrlBytes, maxHeaders, maxConcurrentRequests } = services.settings.limits;
  const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? "";
  app.decorateRequest("budget", undefined);

  const refuse = (reason: string, error: Error): never => {
    metrics.refusals.inc({ reason });
    throw error;
  };

  app.addHook("onRequest", async (request, reply) => {
    if (Buffer.byteLength(request.raw.url ?? "") > maxUrlBytes) {
      refuse(
        "url",
        new DomainError(
          "UriTooLong",
          `The URL is longer than ${maxUrlBytes} bytes. Leave out what the request does not need.`,
        ),
      );
    }
    const headers = request.raw.rawHeaders.length / 2;
    if (headers > maxHeaders) {
      refuse(
        "headers",
        new DomainError("RequestHeaderFieldsTooLarge", `The request has ${headers} headers; ${maxHeaders} are taken.`),
      );
    }
    if (request.raw.rawHeaders.filter((text, at) => at % 2 === 0 && text.toLowerCase() === "host").length > 1) {
      // Proxies and we might each believe another one.
      reply.header("connection", "close");
      refuse("malformed", new DomainError("BadRequest", "The request has more than one Host header."));
    }
    if (request.headers.authorization === undefined && !unguarded.has(routeOf(request))) {
      throttle.spendAnonymous(request.ip);
    }
  });

  let running = 0;
  // Once the body is there: one that trickles in must not keep others out.
  app.addHook("preValidation", async (request, reply) => {
    const route = routeOf(request);
    if (maxConcurrentRequests === 0 || unguarded.has(route) || route === streamRoute) return;
    if (running >= maxConcurrentRequests) {
      refuse(
        "overloaded",
        new DomainError("ServiceUnavailable", "The control plane has as much to do as it can. Repeat the request."),
      );
    }
    running += 1;
    let isOver = false;
    const end = (): void => {
      if (!isOver) running -= 1;
      isOver = true;
    };
    reply.raw.once("finish", end).once("close", end);
  });

  app.addHook("preHandler", async (request) => {
    if (request.method !== "POST" || routeOf(request) !== tokenRoute) return;
    const form = TokenForm.safeParse(request.body);
    const waitSeconds = throttle.spendTokenRequest(request.ip, form.success ? form.data.client_id : "");
    if (waitSeconds === 0) return;
    throw new TokenError("tooManyRequests", `Too many requests for tokens. Please try again after ${waitSeconds} s.`, {
      retryAfterSeconds: waitSeconds,
    });
  });

  app.addHook("onSend", async (request: FastifyRequest, reply: FastifyReply) => {
    if (request.budget !== undefined) reply.headers(request.budget);
  });
}
