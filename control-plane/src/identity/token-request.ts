import { TokenForm } from "@arcfleet/contract";
import { authorizationCodeGrant } from "./grants/authorization-code.ts";
import { clientCredentialsGrant } from "./grants/client-credentials.ts";
import { deviceCodeGrant } from "./grants/device-code.ts";
import type { Grant, GrantOptions, TokenAnswer } from "./grants/grant.ts";
import { refreshTokenGrant } from "./grants/refresh-token.ts";
import { TokenError } from "./token-error.ts";

function parseForm(body: unknown): TokenForm {
  const form = TokenForm.safeParse(body);
  if (form.success) return form.data;
  const fields = [...new Set(form.error.issues.map(({ path }) => path.join(".")))].join(", ");
  throw new TokenError("invalidRequest", `The request body must contain valid fields: ${fields}.`);
}

/** Answers the form of a token request that came from `address`. @throws TokenError */
export type RequestToken = (body: unknown, address: string) => Promise<TokenAnswer>;

/** Answers the token requests of applications, managed identities and people. */
export function createTokenRequests(options: GrantOptions): RequestToken {
  const deviceCode = deviceCodeGrant(options);
  const grants = new Map<string, Grant>([
    ["client_credentials", clientCredentialsGrant(options)],
    ["authorization_code", authorizationCodeGrant(options)],
    ["refresh_token", refreshTokenGrant(options)],
    ["urn:ietf:params:oauth:grant-type:device_code", deviceCode],
    // What MSAL for JavaScript calls it.
    ["device_code", deviceCode],
  ]);
  return async (body, address) => {
    const form = parseForm(body);
    const grant = grants.get(form.grant_type);
    if (grant !== undefined) return grant(form, address);
    throw new TokenError(
      "unsupportedGrantType",
      `The grant type '${form.grant_type}' is not supported here; use client_credentials, authorization_code, refresh_token or a device code.`,
    );
  };
}
