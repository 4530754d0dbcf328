import { TokenForm } from "@arcfleet/contract";
import type { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Application, Applications } from "./applications.ts";
import { ClientAssertionError, verifyClientAssertion } from "./client-assertion.ts";
import type { SecretCheck } from "./client-secret.ts";
import { verifyFederatedAssertion } from "./outside/federated-assertion.ts";
import { parseFederatedCredential } from "./outside/federated-credential.ts";
import type { IssuerKeys } from "./outside/issuer-keys.ts";
import { claimsBeforeVerification } from "./outside/verify-outside-token.ts";
import { TokenError } from "./token-error.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** The fields by which an application proves who it is. */
export const ClientFields = TokenForm.pick({
  client_secret: true,
  client_assertion: true,
  client_assertion_type: true,
});
export type ClientFields = z.infer<typeof ClientFields>;

export interface ClientAuthenticationOptions {
  readonly applications: Applications;
  readonly secretCheck: SecretCheck;
  readonly issuerKeys: IssuerKeys;
  readonly clock: Clock;
  /** The token endpoint under each name of this service, the public one first. */
  readonly tokenEndpoints: readonly string[];
}

/**
 * Checks the proof that an application sends: a secret, an assertion signed with its certificate's key, or a token of an outside
 * issuer. While `waitSeconds` is not 0, only a secret that is already known to be right gets in.
 * @throws TokenError
 */
export type AuthenticateClient = (application: Application, fields: ClientFields, waitSeconds: number) => Promise<void>;

export function createClientAuthentication(options: ClientAuthenticationOptions): AuthenticateClient {
  const { applications, secretCheck, issuerKeys, clock, tokenEndpoints } = options;

  const isRightSecret = async (application: Application, secret: string, isKnownOnly: boolean): Promise<boolean> => {
    const stored = (await applications.credentials(application.appId, "secret")).map(({ value }) => value);
    if (stored.some((hash) => secretCheck.isKnown(secret, hash))) return true;
    if (isKnownOnly) return false;
    for (const hash of stored) {
      if (await secretCheck.check(secret, hash)) return true;
    }
    return false;
  };

  const checkAssertion = async (application: Application, fields: ClientFields, assertion: string): Promise<void> => {
    if (fields.client_assertion_type !== ASSERTION_TYPE) {
      throw new TokenError("badAssertion", `The client_assertion_type must be ${ASSERTION_TYPE}.`);
    }
    const clientId = application.appId;
    const { iss } = claimsBeforeVerification(assertion);
    const federated = await applications.credentials(clientId, "federated");
    // An application that has none of them gets the plainer message about its certificate.
    if (iss !== clientId && (iss !== "" || federated.length > 0)) {
      const credentials = federated.map(({ value }) => parseFederatedCredential(value));
      return verifyFederatedAssertion({ assertion, clientId, credentials, keys: issuerKeys, clock });
    }
    const certificates = await applications.credentials(clientId, "certificate");
    await verifyClientAssertion({ assertion, clientId, certificates, audiences: tokenEndpoints, clock }).catch(
      (error: unknown) => {
        if (!(error instanceof ClientAssertionError)) throw error;
        throw new TokenError("badAssertion", `The client assertion is not valid: ${error.message}.`, { cause: error });
      },
    );
  };

  return async (application, fields, waitSeconds) => {
    if (fields.client_assertion !== undefined) return checkAssertion(application, fields, fields.client_assertion);
    if (fields.client_secret === undefined) {
      throw new TokenError("missingCredential", "The request must contain client_secret or client_assertion.");
    }
    if (await isRightSecret(application, fields.client_secret, waitSeconds > 0)) return;
    if (waitSeconds > 0) {
      throw new TokenError(
        "tooManyFailures",
        `Too many failed tries for '${application.appId}'; wait ${waitSeconds} seconds.`,
        { retryAfterSeconds: waitSeconds },
      );
    }
    throw new TokenError("wrongSecret", `Invalid client secret provided for application '${application.appId}'.`);
  };
}
