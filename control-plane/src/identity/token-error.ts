import { randomUUID } from "node:crypto";

/**
 * The errors of the token endpoint. It has a form of its own, OAuth's, and people see `error_description`, so that begins with
 * the code that they can look up. These answers never pass through the ARM error table.
 */
const tokenErrors = {
  invalidRequest: [400, "invalid_request", 900144],
  unknownTenant: [400, "invalid_request", 90002],
  unsupportedGrantType: [400, "unsupported_grant_type", 70003],
  unknownResource: [400, "invalid_resource", 500011],
  invalidScope: [400, "invalid_scope", 1002012],
  unknownClient: [400, "unauthorized_client", 700016],
  wrongSecret: [401, "invalid_client", 7000215],
  missingCredential: [401, "invalid_client", 7000218],
  badAssertion: [401, "invalid_client", 700027],
  noFederatedCredential: [401, "invalid_client", 70021],
  issuerUnreachable: [503, "temporarily_unavailable", 50166],
  invalidGrant: [400, "invalid_grant", 70000],
  usedCode: [400, "invalid_grant", 54005],
  wrongVerifier: [400, "invalid_grant", 501481],
  endedSession: [400, "invalid_grant", 70008],
  authorizationPending: [400, "authorization_pending", 70016],
  slowDown: [400, "slow_down", 70016],
  expiredDeviceCode: [400, "expired_token", 70020],
  declined: [400, "access_denied", 65004],
  unavailable: [503, "temporarily_unavailable", 90033],
  tooManyDevices: [503, "temporarily_unavailable", 90036],
  tooManyRequests: [429, "temporarily_unavailable", 90055],
  tooManyFailures: [429, "temporarily_unavailable", 50053],
} as const satisfies Record<string, readonly [status: number, error: string, code: number]>;

export type TokenErrorKind = keyof typeof tokenErrors;

export class TokenError extends Error {
  override readonly name = "TokenError";
  readonly kind: TokenErrorKind;
  readonly retryAfterSeconds: number | undefined;
  constructor(kind: TokenErrorKind, message: string, options: { retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.kind = kind;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return tokenErrors[this.kind][0];
  }

  /** The answer's body. */
  toBody(now: Date, correlationId: string): Record<string, unknown> {
    const [, error, code] = tokenErrors[this.kind];
    return {
      error,
      error_description: `AADSTS${code}: ${this.message}`,
      error_codes: [code],
      // Tells MSAL that only a person can help, so that it asks for a new sign-in.
      ...(this.kind === "endedSession" ? { suberror: "bad_token" } : {}),
      timestamp: now.toISOString(),
      trace_id: randomUUID(),
      correlation_id: correlationId,
    };
  }
}
