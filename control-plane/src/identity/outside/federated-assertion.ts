import type { Clock } from "../../clock.ts";
import { TokenError } from "../token-error.ts";
import type { FederatedCredential } from "./federated-credential.ts";
import { type IssuerKeys, IssuerUnreachableError } from "./issuer-keys.ts";
import { claimsBeforeVerification, OutsideTokenError, verifyOutsideToken } from "./verify-outside-token.ts";

export interface FederatedAssertionCheck {
  readonly assertion: string;
  readonly clientId: string;
  readonly credentials: readonly FederatedCredential[];
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

/**
 * Verifies a token of a registered outside issuer that an application presents as its own proof. Matched first, by what it says, so
 * that no issuer is ever asked that was not registered for this very application; then verified with that issuer's keys.
 * Such a token may be sent again until it ends: one command-line client keeps it and does.
 * @throws TokenError
 */
export async function verifyFederatedAssertion(check: FederatedAssertionCheck): Promise<void> {
  const { assertion, clientId, credentials, keys, clock } = check;
  const { iss, sub, aud } = claimsBeforeVerification(assertion);
  const matching = credentials.find(
    ({ issuer, subject, audience }) => issuer === iss && subject === sub && aud.includes(audience),
  );
  if (matching === undefined) {
    throw new TokenError(
      "noFederatedCredential",
      `No federated credential of application '${clientId}' matches the assertion: its issuer is '${iss}', its subject '${sub}', its audience '${aud.join(" ")}'. All three must be exactly as registered.`,
    );
  }
  try {
    await verifyOutsideToken({ token: assertion, trusted: matching, audiences: [matching.audience], keys, clock });
  } catch (error) {
    if (error instanceof OutsideTokenError) {
      throw new TokenError("badAssertion", `The client assertion is not valid: ${error.message}.`, { cause: error });
    }
    if (error instanceof IssuerUnreachableError) {
      throw new TokenError("issuerUnreachable", `${error.message}. Try again later.`, {
        cause: error,
        retryAfterSeconds: 5,
      });
    }
    throw error;
  }
}
