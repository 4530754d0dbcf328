/** The one place that turns what was thrown into an HTTP answer. See ../errors.ts for how errors travel. */
import { type ArmError, type ErrorCode, InvalidResourceIdError, statusOf } from "@arcfleet/contract";
import { DomainError } from "../errors.ts";

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly error: ArmError };
}

/** What Fastify refuses before a handler runs, by its own code. */
const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: [
    "RequestContentTooLarge",
    "The body is larger than this control plane reads. Send less at once.",
  ],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "UnsupportedMediaType",
    "The body must be sent as 'Content-Type: application/json'.",
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["BadRequest", "The body does not have the length that Content-Length says."],
  FST_ERR_MAX_PARAM_LENGTH: ["BadRequest", "A name in the path is longer than any name can be."],
  FST_ERR_BAD_URL: ["BadRequest", "The path holds a percent-encoding that cannot be decoded."],
  FST_ERR_ASYNC_CONSTRAINT: ["BadRequest", "The request cannot be understood."],
};

/** What Azure answers before a request gets to the provider of its type; clients tell by a header. */
const byGateway: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "MissingApiVersionParameter",
  "InvalidApiVersionParameter",
  "NoRegisteredProviderFound",
  "InvalidSubscriptionId",
  "SubscriptionNotFound",
  "ResourceGroupNotFound",
  "ResourceNotFound",
  "ParentResourceNotFound",
  "InvalidResourceType",
  "InvalidResourceNamespace",
  "LocationRequired",
  "LocationNotAvailableForResourceType",
  "InvalidResourceLocation",
  "MissingSubscriptionRegistration",
  "ResourceGroupBeingDeleted",
  "AuthenticationFailed",
  "AuthorizationFailed",
]);

export function toErrorAnswer(error: unknown, correlationId: string): ErrorAnswer {
  const known = asDomainError(error, correlationId);
  const body: ArmError = {
    code: known.code,
    message: known.message,
    ...(known.target === undefined ? {} : { target: known.target }),
    ...(known.details === undefined ? {} : { details: known.details }),
  };
  const status = statusOf(known.code);
  const headers = {
    ...retryAfter(status),
    ...(byGateway.has(known.code) ? { "x-ms-failure-cause": "gateway" } : {}),
    ...known.headers,
  };
  return { status, headers, body: { error: body } };
}

/** Whoever is told to come back is told when, whatever form the answer has. */
export const retryAfter = (status: number, seconds = 1): Readonly<Record<string, string>> =>
  status === 429 || status === 503 ? { "retry-after": String(seconds) } : {};

function asDomainError(error: unknown, correlationId: string): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof InvalidResourceIdError) {
    return new DomainError("BadRequest", `${error.message}.`, { cause: error });
  }
  const refusal = refusals[codeOf(error)];
  if (refusal) return new DomainError(refusal[0], refusal[1], { cause: error });
  if (statusCodeOf(error) === 400) {
    return new DomainError("BadRequest", "The request cannot be understood.", { cause: error });
  }
  return new DomainError(
    "InternalServerError",
    `The control plane could not do this because of a fault of its own. Its log says more under the correlation id '${correlationId}'.`,
    { cause: error },
  );
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

const statusCodeOf = (error: unknown): number =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
