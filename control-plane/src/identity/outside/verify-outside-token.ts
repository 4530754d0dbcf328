import { decodeJwt, errors, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { type IssuerKeys, IssuerUnreachableError, type TrustedKeys } from "./issuer-keys.ts";

const clockToleranceSeconds = 300;
/** Asymmetric ones only: a shared key would let whoever can read the published keys sign. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

/** Why a token of an outside issuer was refused, in words for who sent it. */
export class OutsideTokenError extends Error {
  override readonly name = "OutsideTokenError";
  readonly isExpired: boolean;
  constructor(message: string, cause?: unknown, isExpired = false) {
    super(message, { cause });
    this.isExpired = isExpired;
  }
}

const Text = z.string().max(600);
const UnverifiedClaims = z.object({
  iss: Text.catch(""),
  sub: Text.catch(""),
  aud: z
    .union([Text, z.array(Text).max(20)])
    .transform((aud) => (typeof aud === "string" ? [aud] : aud))
    .catch([]),
});
export type UnverifiedClaims = z.infer<typeof UnverifiedClaims>;

/** What a token says about itself, before anything is believed: only good for choosing how to verify it. */
export function claimsBeforeVerification(token: string): UnverifiedClaims {
  try {
    return UnverifiedClaims.parse(decodeJwt(token));
  } catch {
    return { iss: "", sub: "", aud: [] };
  }
}

export interface OutsideTokenCheck {
  readonly token: string;
  readonly trusted: TrustedKeys;
  readonly audiences: readonly string[];
  readonly keys: IssuerKeys;
  readonly clock: Clock;
}

/**
 * Verifies signature, issuer, audience and times of a token of an outside issuer.
 * @throws OutsideTokenError
 * @throws IssuerUnreachableError
 */
export async function verifyOutsideToken(check: OutsideTokenCheck): Promise<JWTPayload> {
  const { token, trusted, audiences, keys, clock } = check;
  const key = await keys.of(trusted);
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms,
      issuer: trusted.issuer,
      audience: [...audiences],
      currentDate: clock.now(),
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ["exp", "sub"],
    });
    return payload;
  } catch (cause) {
    throw explain(cause, trusted.issuer);
  }
}

function explain(cause: unknown, issuer: string): Error {
  if (cause instanceof errors.JWTExpired) return new OutsideTokenError("it has expired", cause, true);
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return new OutsideTokenError(`its claim '${cause.claim}' is not acceptable`, cause);
  }
  if (cause instanceof errors.JWKSNoMatchingKey) {
    return new OutsideTokenError("it was signed by a key that its issuer does not publish", cause);
  }
  if (cause instanceof errors.JWSSignatureVerificationFailed || cause instanceof errors.JOSEAlgNotAllowed) {
    return new OutsideTokenError("its signature is wrong", cause);
  }
  if (cause instanceof errors.JWSInvalid || cause instanceof errors.JWTInvalid) {
    return new OutsideTokenError("it is no signed JWT", cause);
  }
  if (cause instanceof errors.JWKSMultipleMatchingKeys || cause instanceof errors.JOSENotSupported) {
    return new OutsideTokenError("it does not say which key signed it", cause);
  }
  return new IssuerUnreachableError(`The keys of the issuer '${issuer}' could not be read`, { cause });
}
