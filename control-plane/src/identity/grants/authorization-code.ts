import { redeemCode } from "../people/authorization-codes.ts";
import { parseUserScope } from "../people/user-scope.ts";
import { TokenError } from "../token-error.ts";
import type { Grant, GrantOptions } from "./grant.ts";
import { clientOf, handOut } from "./user-tokens.ts";

/** A person signed in through a browser, and the program brings the code that it was sent. */
export function authorizationCodeGrant(options: GrantOptions): Grant {
  const { store, clock, issuer, defaultAudience } = options;
  const scopeOf = (scope: string, audience = defaultAudience) => parseUserScope(scope, issuer, audience);
  return async (form, address) => {
    const clientId = await clientOf(options, form, address);
    if (form.code === undefined) throw new TokenError("invalidRequest", "The request body must contain: code.");
    const redeemed = await redeemCode(store, clock, {
      code: form.code,
      clientId,
      redirectUri: form.redirect_uri,
      verifier: form.code_verifier,
      wantsRefreshToken: (scope) => scopeOf(scope).wantsRefreshToken,
    });
    if (redeemed.kind !== "redeemed") throw refusals[redeemed.kind]();
    const { row, refreshToken } = redeemed;
    return handOut(options, {
      clientId,
      signIn: { userId: row.user_id, sessionVersion: row.session_version, signedInAt: row.signed_in_at },
      scope: scopeOf(row.scope, row.audience),
      nonce: row.nonce ?? undefined,
      refreshToken,
    });
  };
}

const refusals = {
  unknown: () => new TokenError("invalidGrant", "The code is not valid or has expired."),
  reused: () =>
    new TokenError(
      "usedCode",
      "The code was already redeemed. What it had obtained has been ended; sign in again if that was not you.",
    ),
  wrongRedirect: () =>
    new TokenError(
      "invalidGrant",
      "The redirect_uri is not the one that the code was issued for; the code is used up.",
    ),
  wrongVerifier: () =>
    new TokenError(
      "wrongVerifier",
      "The code_verifier does not match the code_challenge that the code was asked for with; the code is used up.",
    ),
} as const;
