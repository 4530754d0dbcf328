import { exchangeRefreshToken } from "../people/refresh-tokens.ts";
import { parseUserScope } from "../people/user-scope.ts";
import { TokenError } from "../token-error.ts";
import type { Grant, GrantOptions } from "./grant.ts";
import { clientOf, endedSession, handOut } from "./user-tokens.ts";

/** A program goes on with an earlier sign-in. */
export function refreshTokenGrant(options: GrantOptions): Grant {
  const { store, clock, issuer, defaultAudience } = options;
  return async (form, address) => {
    const clientId = await clientOf(options, form, address);
    const { refresh_token: token } = form;
    if (token === undefined) throw new TokenError("invalidRequest", "The request body must contain: refresh_token.");
    // Before anything is used up.
    const scope = parseUserScope(form.scope ?? "openid offline_access", issuer, defaultAudience);
    const exchange = await exchangeRefreshToken(store, clock, { token, clientId });
    if (exchange.kind !== "exchanged") throw endedSession();
    return handOut(options, { clientId, signIn: exchange.signIn, scope, refreshToken: exchange.next });
  };
}
