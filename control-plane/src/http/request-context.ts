import { randomUUID } from "node:crypto";
import { apiVersionPattern } from "@arcfleet/contract";
import type { FastifyReply, FastifyRequest } from "fastify";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** The id that follows one request of a user through logs, operations and agents. */
    correlationId: string;
    /** For the log; set once the token was read. */
    caller: Caller | undefined;
  }
}

const idPattern = /^[\w.-]{1,128}$/;

const headerOf = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === "string" && idPattern.test(value) ? value : undefined;
};

const clientRequestId = (request: FastifyRequest): string | undefined => headerOf(request, "x-ms-client-request-id");
/** Some clients have one for all requests of a run. */
const clientCorrelationId = (request: FastifyRequest): string | undefined =>
  headerOf(request, "x-ms-correlation-request-id");

/** Gives the request its ids and the answer the headers that every answer of ARM has. */
export function beginRequest(request: FastifyRequest, reply: FastifyReply): void {
  const requestId = randomUUID();
  const ownId = clientRequestId(request);
  request.correlationId = clientCorrelationId(request) ?? ownId ?? requestId;
  reply.headers({
    "x-ms-request-id": requestId,
    "x-ms-correlation-request-id": request.correlationId,
    "x-ms-routing-request-id": `LOCAL:${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}:${requestId}`,
    ...(ownId === undefined ? {} : { "x-ms-client-request-id": ownId }),
    "cache-control": "no-cache",
    pragma: "no-cache",
    expires: "-1",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
  });
}

/** Reads the token; whatever else a handler does comes after this. */
export async function identify(services: Services, request: FastifyRequest): Promise<Caller> {
  const caller = await services.authenticate(request.headers.authorization).catch((error: unknown) => {
    // Good tokens from the same address are not affected.
    if (request.headers.authorization !== undefined) services.throttle.spendBadToken(request.ip);
    throw error;
  });
  request.caller = caller;
  request.budget = services.throttle.spend(caller, {
    method: request.method,
    url: request.raw.url ?? "/",
    repeatedId: clientRequestId(request) ?? clientCorrelationId(request),
  });
  return caller;
}

/**
 * A query parameter. Real clients send `api-version`, `api-Version` and `api%2Dversion`, sometimes more than one: names are compared
 * decoded and without regard to case, and the first wins.
 */
export function queryOf(request: FastifyRequest, name: string): string | undefined {
  const start = request.raw.url?.indexOf("?") ?? -1;
  if (start < 0) return undefined;
  const wanted = name.toLowerCase();
  for (const [key, value] of new URLSearchParams(request.raw.url?.slice(start))) {
    if (key.toLowerCase() === wanted) return value;
  }
  return undefined;
}

/** Refuses an api-version that is none. Polls are taken with any other, and without: some clients rewrite it, or leave it out. */
export function checkForm(request: FastifyRequest): void {
  if (queryOf(request, "api-version")) apiVersionOf(request);
}

/** The api-version of the request, well-formed; `supported` limits it to those of a type. */
export function apiVersionOf(
  request: FastifyRequest,
  supported?: { readonly type: string; readonly versions: readonly string[] },
): string {
  const version = queryOf(request, "api-version")?.toLowerCase();
  if (version === undefined || version === "") {
    throw new DomainError(
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  if (!apiVersionPattern.test(version)) {
    throw new DomainError(
      "InvalidApiVersionParameter",
      `The api-version '${version}' is invalid: it must be of the form YYYY-MM-DD or YYYY-MM-DD-preview.`,
    );
  }
  if (supported && !supported.versions.includes(version)) {
    const [namespace, ...type] = supported.type.split("/");
    throw new DomainError(
      "NoRegisteredProviderFound",
      `No registered resource provider found for API version '${version}' for type '${type.join("/")}' in namespace '${namespace}'. The supported api-versions are '${supported.versions.join(", ")}'.`,
    );
  }
  return version;
}
