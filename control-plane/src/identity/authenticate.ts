import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { DomainError } from "../errors.ts";
import { type Claims, InvalidTokenError, type TokenIssuer } from "./access-token.ts";
import type { Applications } from "./applications.ts";
import type { Caller } from "./caller.ts";
import type { OutsideCallers } from "./outside/outside-callers.ts";
import type { Users } from "./people/users.ts";
import type { SigningKeys } from "./signing-keys.ts";

const VERIFIED_SIZE = 5000;

export interface AuthenticateOptions {
  readonly issuer: TokenIssuer;
  readonly keys: SigningKeys;
  readonly applications: Applications;
  readonly users: Users;
  readonly outsideCallers: OutsideCallers;
  readonly clock: Clock;
  readonly publicUrl: string;
  readonly tenantId: string;
}

/**
 * A challenge that makes clients fetch a new token past their caches and repeat the call, which they do silently and once. Real
 * clients keep tokens on disk by server and client id, so without it a revoked or foreign token would be offered for an hour.
 */
const claimsChallenge = (publicUrl: string, now: Date): string => {
  const claims = { access_token: { nbf: { essential: true, value: String(Math.floor(now.getTime() / 1000)) } } };
  const encoded = Buffer.from(JSON.stringify(claims)).toString("base64");
  return `Bearer realm="", authorization_uri="${publicUrl}/common/oauth2/authorize", error="insufficient_claims", claims="${encoded}"`;
};

const plainChallenge = (publicUrl: string, tenantId: string, description: string): string =>
  `Bearer authorization_uri="${publicUrl}/${tenantId}", error="invalid_token", error_description="${description}"`;

/** Makes the function that reads the `Authorization` header. */
export function createAuthenticate(options: AuthenticateOptions): (header: string | undefined) => Promise<Caller> {
  const { issuer, keys, applications, users, outsideCallers, clock, publicUrl, tenantId } = options;
  // Checking a signature costs more than the rest of a read request; a token is checked once and then known by its hash.
  const verified = new Map<string, Verified>();

  const refuse = (message: string, isRenewable: boolean, internal?: string): DomainError =>
    new DomainError("AuthenticationFailed", message, {
      ...(internal === undefined ? {} : { internal }),
      headers: {
        "www-authenticate": isRenewable
          ? claimsChallenge(publicUrl, clock.now())
          : plainChallenge(publicUrl, tenantId, message.replaceAll('"', "'")),
      },
    });

  const verifyNew = async (token: string): Promise<Verified> => {
    const outside = await outsideCallers.verify(token, tenantId);
    if (outside !== undefined) return { kind: "outside", ...outside };
    const claims = await issuer.verify(token);
    return { kind: "own", claims, until: claims.exp * 1000 };
  };

  const verify = async (token: string): Promise<Verified> => {
    const mark = createHash("sha256").update(token).digest("base64");
    const known = verified.get(mark);
    // A key that was revoked ends its tokens, those that were verified before too.
    const isGood = known?.kind === "outside" || (known && (await keys.find(known.claims.kid)) !== undefined);
    if (known && isGood && known.until > clock.now().getTime()) return known;
    verified.delete(mark);
    const found = await verifyNew(token);
    if (verified.size >= VERIFIED_SIZE) verified.clear();
    verified.set(mark, found);
    return found;
  };

  const userOf = async ({ oid, appid, xms_sv }: Claims): Promise<Caller> => {
    const user = await users.findById(oid);
    if (user === undefined || user.isDisabled || user.sessionVersion !== xms_sv) {
      throw refuse("The person's sign-in was ended", true, `user ${oid}`);
    }
    return { principalId: user.userId, tenantId, appId: appid, kind: "User", name: user.name };
  };

  const applicationOf = async (claims: Claims): Promise<Caller> => {
    const application = await applications.findByAppId(claims.appid);
    if (application === undefined || application.principalId !== claims.oid) {
      throw refuse("The token's application was removed", true, `application ${claims.appid}`);
    }
    return {
      principalId: application.principalId,
      tenantId,
      appId: application.appId,
      kind: application.kind,
      name: application.name,
      ...(application.resourceId === undefined ? {} : { resourceId: application.resourceId }),
      token: { keyId: claims.kid, expiresAt: claims.exp * 1000 },
    };
  };

  return async (header) => {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(header?.trim() ?? "")?.[1];
    if (token === undefined) {
      throw refuse(`The request carries no bearer token; get one at ${publicUrl}/${tenantId}/oauth2/v2.0/token`, false);
    }
    let found: Verified;
    try {
      found = await verify(token);
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      const reason = error.cause instanceof Error ? error.cause.message : undefined;
      throw refuse(error.message, error.isRenewable, reason);
    }
    if (found.kind === "outside") return found.caller;
    return found.claims.idtyp === "user" ? userOf(found.claims) : applicationOf(found.claims);
  };
}

/** A token that was found good, and until when that need not be looked at again. */
type Verified =
  | { readonly kind: "own"; readonly claims: Claims; readonly until: number }
  | { readonly kind: "outside"; readonly caller: Caller; readonly until: number };
