import { pollDevice } from "../people/device-codes.ts";
import { parseUserScope } from "../people/user-scope.ts";
import { TokenError } from "../token-error.ts";
import type { Grant, GrantOptions } from "./grant.ts";
import { clientOf, handOut } from "./user-tokens.ts";

/** A device without a browser asks whether its person has approved it elsewhere (RFC 8628). */
export function deviceCodeGrant(options: GrantOptions): Grant {
  const { store, clock, issuer, defaultAudience } = options;
  return async (form, address) => {
    const clientId = await clientOf(options, form, address);
    const { device_code: deviceCode } = form;
    if (deviceCode === undefined) throw new TokenError("invalidRequest", "The request body must contain: device_code.");
    const poll = await pollDevice(store, clock, {
      deviceCode,
      clientId,
      wantsRefreshToken: (scope) => parseUserScope(scope, issuer, defaultAudience).wantsRefreshToken,
    });
    if (poll.kind !== "approved") throw refusals[poll.kind]();
    const { signIn, refreshToken } = poll;
    const scope = parseUserScope(poll.scope, issuer, poll.audience);
    return handOut(options, { clientId, signIn, scope, refreshToken });
  };
}

const refusals = {
  unknown: () => new TokenError("invalidGrant", "The device code is not valid, or was used already."),
  expired: () => new TokenError("expiredDeviceCode", "The device code has expired. Begin the sign-in again."),
  declined: () => new TokenError("declined", "The sign-in was declined in the browser."),
  pending: () => new TokenError("authorizationPending", "Nobody has approved the sign-in yet. Ask again later."),
  tooFast: () => new TokenError("slowDown", "The requests come too fast. Wait five seconds longer between them."),
} as const;
