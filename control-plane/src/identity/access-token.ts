import { randomUUID } from "node:crypto";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Application } from "./applications.ts";
import type { User } from "./people/users.ts";
import { type SigningKeys, signingAlgorithm } from "./signing-keys.ts";

/** One hour: a command-line client takes a token with less than five minutes left for expired. */
const LIFE_SECONDS = 3600;
const CLOCK_TOLERANCE_SECONDS = 60;

export interface TokenIssuerOptions {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly tenantId: string;
  /** The `iss` of every token. */
  readonly issuer: string;
  /** The origins that count as this service, the public one first. */
  readonly audiences: readonly string[];
}

export interface AccessToken {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly expiresOn: string;
}

const Claims = z.object({
  oid: z.string(),
  appid: z.string(),
  tid: z.string(),
  exp: z.number(),
  idtyp: z.enum(["app", "user"]),
  /** The session version of a person: see users.ts. */
  xms_sv: z.number().optional(),
});
export type Claims = z.infer<typeof Claims> & {
  /** The key that signed the token. */
  readonly kid: string;
};

/** What is wrong with a token. `isRenewable`: a new one would be accepted, so clients should fetch it past their caches. */
export class InvalidTokenError extends Error {
  override readonly name = "InvalidTokenError";
  readonly isRenewable: boolean;
  constructor(message: string, isRenewable: boolean, cause?: unknown) {
    super(message, { cause });
    this.isRenewable = isRenewable;
  }
}

/** A person's sign-in through a program, as their tokens tell it. */
export interface UserTokenFacts {
  readonly user: User;
  readonly clientId: string;
  readonly signedInAt: string;
}

export interface TokenIssuer {
  issue(application: Application, audience: string): Promise<AccessToken>;
  /** An access token with which a program acts as the person. */
  issueForUser(facts: UserTokenFacts, audience: string): Promise<AccessToken>;
  /** What tells the program who signed in. */
  issueIdToken(facts: UserTokenFacts, nonce: string | undefined): Promise<string>;
  /** The `iss` of every token. */
  readonly name: string;
  /** The audience as registered, or nothing when the text names no resource of ours; a trailing slash does not matter. */
  audienceOf(resource: string): string | undefined;
  /** @throws InvalidTokenError */
  verify(token: string): Promise<Claims>;
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, "").toLowerCase();

export function createTokenIssuer(options: TokenIssuerOptions): TokenIssuer {
  const { keys, clock, tenantId, issuer } = options;
  const known = new Set(options.audiences.map(withoutSlash));
  const audienceOf = (resource: string): string | undefined =>
    known.has(withoutSlash(resource)) ? resource : undefined;

  const sign = async (claims: JWTPayload, subject: string, audience: string): Promise<AccessToken> => {
    const { kid, privateKey } = await keys.current();
    const now = Math.floor(clock.now().getTime() / 1000);
    const expires = now + LIFE_SECONDS;
    const accessToken = await new SignJWT({ tid: tenantId, oid: subject, ver: "2.0", uti: randomUUID(), ...claims })
      .setProtectedHeader({ alg: signingAlgorithm, kid, typ: "JWT" })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(expires)
      .sign(privateKey);
    return { accessToken, expiresInSeconds: LIFE_SECONDS - 1, expiresOn: new Date(expires * 1000).toISOString() };
  };
  const aboutPerson = ({ user, signedInAt }: UserTokenFacts): JWTPayload => ({
    name: user.displayName,
    preferred_username: user.name,
    auth_time: Math.floor(Date.parse(signedInAt) / 1000),
  });

  return {
    name: issuer,
    audienceOf,
    issue: ({ appId, principalId, resourceId }, audience) =>
      sign(
        { appid: appId, idtyp: "app", ...(resourceId === undefined ? {} : { xms_mirid: resourceId }) },
        principalId,
        audience,
      ),
    issueForUser: (facts, audience) =>
      sign(
        {
          ...aboutPerson(facts),
          appid: facts.clientId,
          idtyp: "user",
          scp: "user_impersonation",
          upn: facts.user.name,
          amr: ["pwd"],
          xms_sv: facts.user.sessionVersion,
        },
        facts.user.userId,
        audience,
      ),
    async issueIdToken(facts, nonce) {
      const claims = { ...aboutPerson(facts), ...(nonce === undefined ? {} : { nonce }) };
      // Its audience is the program, so that it can never be presented to us as an access token.
      return (await sign(claims, facts.user.userId, facts.clientId)).accessToken;
    },
    async verify(token) {
      try {
        const { payload, protectedHeader } = await jwtVerify(
          token,
          async ({ kid }) => {
            const key = kid === undefined ? undefined : await keys.find(kid);
            if (key === undefined)
              throw new InvalidTokenError("The token was signed by a key that is not known here", true);
            return key;
          },
          {
            algorithms: [signingAlgorithm],
            issuer,
            currentDate: clock.now(),
            clockTolerance: CLOCK_TOLERANCE_SECONDS,
            requiredClaims: ["aud", "exp"],
          },
        );
        const audience = z.string().safeParse(payload.aud).data ?? "";
        if (audienceOf(audience) === undefined) {
          throw new InvalidTokenError(
            `The token is meant for '${audience}'; ask for one for '${options.audiences[0]}'`,
            false,
          );
        }
        return { ...Claims.parse(payload), kid: protectedHeader.kid ?? "" };
      } catch (error) {
        throw toInvalidToken(error);
      }
    },
  };
}

function toInvalidToken(error: unknown): InvalidTokenError {
  if (error instanceof InvalidTokenError) return error;
  if (error instanceof errors.JWTExpired) return new InvalidTokenError("The token has expired", true, error);
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new InvalidTokenError(
      `The token's claim '${error.claim}' is not acceptable here`,
      error.claim === "nbf",
      error,
    );
  }
  return new InvalidTokenError("The token is malformed or its signature is wrong", false, error);
}
