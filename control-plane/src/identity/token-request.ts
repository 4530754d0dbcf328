import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { AccessToken, TokenIssuer } from "./access-token.ts";
import type { Application, Applications } from "./applications.ts";
import { ClientAssertionError, verifyClientAssertion } from "./client-assertion.ts";
import type { SecretCheck } from "./client-secret.ts";
import type { FailedLogins } from "./failed-logins.ts";
import { TokenError } from "./token-error.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const DEFAULT_SCOPE = "/.default";

/** The form of a token request. Clients send many more fields; they mean nothing here. */
const TokenForm = z.object({
  grant_type: z.string().max(100),
  client_id: z.string().min(1).max(200),
  scope: z.string().min(1).max(4096).optional(),
  client_secret: z.string().min(1).max(1024).optional(),
  client_assertion: z.string().min(1).max(65_536).optional(),
  client_assertion_type: z.string().max(200).optional(),
});
type TokenForm = z.infer<typeof TokenForm>;

export interface TokenRequestOptions {
  readonly issuer: TokenIssuer;
  readonly applications: Applications;
  readonly secretCheck: SecretCheck;
  readonly failedLogins: FailedLogins;
  readonly clock: Clock;
  /** The token endpoint under each name of this service, the public one first. */
  readonly tokenEndpoints: readonly string[];
}

function parseForm(body: unknown): TokenForm {
  const form = TokenForm.safeParse(body);
  if (!form.success) {
    const fields = [...new Set(form.error.issues.map(({ path }) => path.join(".")))].join(", ");
    throw new TokenError("invalidRequest", `The request body must contain valid fields: ${fields}.`);
  }
  if (form.data.grant_type !== "client_credentials") {
    throw new TokenError(
      "unsupportedGrantType",
      `The grant type '${form.data.grant_type}' is not supported here; use client_credentials.`,
    );
  }
  return form.data;
}

/** The resource of a scope: exactly `/.default` is cut off, so that a resource that ends in a slash keeps it. */
function parseAudience({ scope }: TokenForm, issuer: TokenIssuer): string {
  if (scope === undefined || !scope.endsWith(DEFAULT_SCOPE) || /\s/.test(scope)) {
    throw new TokenError("invalidScope", "The scope must be one resource followed by /.default.");
  }
  const resource = scope.slice(0, -DEFAULT_SCOPE.length);
  const audience = issuer.audienceOf(resource);
  if (audience === undefined) {
    throw new TokenError(
      "unknownResource",
      `The resource '${resource}' is not known here; use the endpoint of this control plane.`,
    );
  }
  return audience;
}

/**
 * Answers the token requests of applications and managed identities.
 * @throws TokenError
 */
export function createTokenRequests(
  options: TokenRequestOptions,
): (body: unknown, address: string) => Promise<AccessToken> {
  const { issuer, applications, secretCheck, failedLogins, clock, tokenEndpoints } = options;

  const isRightSecret = async (application: Application, secret: string, isKnownOnly: boolean): Promise<boolean> => {
    const stored = (await applications.credentials(application.appId, "secret")).map(({ value }) => value);
    if (stored.some((hash) => secretCheck.isKnown(secret, hash))) return true;
    if (isKnownOnly) return false;
    for (const hash of stored) {
      if (await secretCheck.check(secret, hash)) return true;
    }
    return false;
  };

  const checkAssertion = async (application: Application, form: TokenForm, assertion: string): Promise<void> => {
    if (form.client_assertion_type !== ASSERTION_TYPE) {
      throw new TokenError("badAssertion", `The client_assertion_type must be ${ASSERTION_TYPE}.`);
    }
    const certificates = await applications.credentials(application.appId, "certificate");
    await verifyClientAssertion({
      assertion,
      clientId: application.appId,
      certificates,
      audiences: tokenEndpoints,
      clock,
    }).catch((error: unknown) => {
      if (!(error instanceof ClientAssertionError)) throw error;
      throw new TokenError("badAssertion", `The client assertion is not valid: ${error.message}.`, { cause: error });
    });
  };

  const checkCredential = async (application: Application, form: TokenForm, waitSeconds: number): Promise<void> => {
    if (form.client_assertion !== undefined) return checkAssertion(application, form, form.client_assertion);
    if (form.client_secret === undefined) {
      throw new TokenError("missingCredential", "The request must contain client_secret or client_assertion.");
    }
    if (await isRightSecret(application, form.client_secret, waitSeconds > 0)) return;
    if (waitSeconds > 0) {
      throw new TokenError(
        "tooManyFailures",
        `Too many failed tries for '${application.appId}'; wait ${waitSeconds} seconds.`,
        {
          retryAfterSeconds: waitSeconds,
        },
      );
    }
    throw new TokenError("wrongSecret", `Invalid client secret provided for application '${application.appId}'.`);
  };

  return async (body, address) => {
    const form = parseForm(body);
    const clientId = form.client_id.toLowerCase();
    const audience = parseAudience(form, issuer);
    const waitSeconds = failedLogins.waitSeconds(address, clientId);
    try {
      const application = await applications.findByAppId(clientId);
      if (application === undefined) {
        throw new TokenError(
          "unknownClient",
          `Application with identifier '${clientId}' was not found in the directory.`,
        );
      }
      await checkCredential(application, form, waitSeconds);
      return await issuer.issue(application, audience);
    } catch (error) {
      if (error instanceof TokenError && waitSeconds === 0) failedLogins.record(address, clientId);
      throw error;
    }
  };
}
