import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { DomainError } from "../errors.ts";
import { type Claims, InvalidTokenError, type TokenIssuer } from "./access-token.ts";
import type { Applications } from "./applications.ts";
import type { Caller } from "./caller.ts";

const VERIFIED_SIZE = 5000;

export interface AuthenticateOptions {
  readonly issuer: TokenIssuer;
  readonly applications: Applications;
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
  const { issuer, applications, clock, publicUrl, tenantId } = options;
  // Checking a signature costs more than the rest of a read request; a token is checked once and then known by its hash.
  const verified = new Map<string, Claims>();

  const refuse = (message: string, isRenewable: boolean, internal?: string): DomainError =>
    new DomainError("AuthenticationFailed", message, {
      ...(internal === undefined ? {} : { internal }),
      headers: {
        "www-authenticate": isRenewable
          ? claimsChallenge(publicUrl, clock.now())
          : plainChallenge(publicUrl, tenantId, message.replaceAll('"', "'")),
      },
    });

  const verify = async (token: string): Promise<Claims> => {
    const mark = createHash("sha256").update(token).digest("base64");
    const known = verified.get(mark);
    if (known !== undefined && known.exp * 1000 > clock.now().getTime()) return known;
    verified.delete(mark);
    const claims = await issuer.verify(token);
    if (verified.size >= VERIFIED_SIZE) verified.clear();
    verified.set(mark, claims);
    return claims;
  };

  return async (header) => {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(header?.trim() ?? "")?.[1];
    if (token === undefined) {
      throw refuse(`The request carries no bearer token; get one at ${publicUrl}/${tenantId}/oauth2/v2.0/token`, false);
    }
    let claims: Claims;
    try {
      claims = await verify(token);
    } catch (error) {
      if (!(error instanceof InvalidTokenError)) throw error;
      const reason = error.cause instanceof Error ? error.cause.message : undefined;
      throw refuse(error.message, error.isRenewable, reason);
    }
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
    };
  };
}
