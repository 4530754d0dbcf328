/** Requests in the activity log: what it keeps of one, and the event of one that no transaction has recorded. */
import type { ArmError } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { describeRequest } from "../activity/describe-request.ts";
import type { HttpRequestInfo } from "../activity/event.ts";
import type { Services } from "../services.ts";
import type { App } from "./app.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Set when a transaction holds the event already. */
    isRecorded: boolean;
    /** The error that was answered. */
    refusal: ArmError | undefined;
  }
}

/** Answers that say nothing about the request: there may be very many. */
const unrecorded = new Set([401, 405, 429, 503]);

export function decorateForActivity(app: App): void {
  app.decorateRequest("isRecorded", false);
  app.decorateRequest("refusal", undefined);
}

const pathOf = (request: FastifyRequest): string =>
  (request.raw.url ?? "")
    .split("?")[0]
    ?.replaceAll(/\/{2,}/g, "/")
    .replace(/\/$/, "") ?? "";

export function httpInfoOf(request: FastifyRequest): HttpRequestInfo | undefined {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const clientRequestId = request.headers["x-ms-client-request-id"];
  return {
    clientRequestId: typeof clientRequestId === "string" ? clientRequestId.slice(0, 128) : "",
    clientIpAddress: request.ip,
    method: request.method,
    uri: pathOf(request),
  };
}

/** Refusals, and writes that changed nothing or have no transaction of their own, are written with others of the same second. */
export function recordLater(services: Services, request: FastifyRequest, reply: FastifyReply): void {
  const { caller, method, correlationId, refusal } = request;
  const isRefused = reply.statusCode >= 400;
  if (caller === undefined || request.routeOptions.url === undefined || unrecorded.has(reply.statusCode)) return;
  if (request.isRecorded && !isRefused) return;
  const described = describeRequest(method, decoded(pathOf(request)));
  if (described === undefined) return;
  services.activity.later({
    ...described,
    status: isRefused ? "Failed" : reply.statusCode === 202 ? "Accepted" : "Succeeded",
    httpStatus: reply.statusCode,
    caller,
    correlationId,
    operationId: String(reply.getHeader("x-ms-request-id") ?? ""),
    http: httpInfoOf(request),
    ...(isRefused && refusal !== undefined ? { error: { code: refusal.code, message: refusal.message } } : {}),
  });
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
