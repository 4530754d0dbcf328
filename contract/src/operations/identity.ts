/** The token issuer, as the identity libraries of Azure speak to it. */
import { z } from "zod";
import { AuthorizeQuery, TokenForm } from "../identity/sign-in-requests.ts";
import type { Operation } from "./operation.ts";
import { named } from "./schemas.ts";

const base = { area: "Tokens", access: { kind: "anyone" }, errorForm: "oauth" } as const;

/** What the token issuer refuses with: OAuth's form, not ARM's. */
export const TokenErrorBody = named(
  "TokenError",
  z.looseObject({
    error: z.string(),
    error_description: z.string(),
    error_codes: z.array(z.int()),
    timestamp: z.string(),
    trace_id: z.string(),
    correlation_id: z.string(),
  }),
);

const form = "application/x-www-form-urlencoded";
const page = { area: "Sign-in pages", access: { kind: "anyone" }, errorForm: "page" } as const;
const aPage = { description: "A page.", mediaType: "text/html", schema: z.string() };
const goesOn = { description: "The browser is sent on, to an address that is registered for the program." };
const authorizePath = "/{tenantId}/oauth2/v2.0/authorize";
const logoutPath = "/{tenantId}/oauth2/v2.0/logout";
const logoutQuery = z.object({
  client_id: z.string().max(200).optional(),
  id_token_hint: z.string().max(16_384).optional(),
  post_logout_redirect_uri: z.string().max(2048).optional(),
  state: z.string().max(8192).optional(),
});
const PageForm = named("PageForm", z.looseObject({ csrf: z.string().max(100), action: z.string() }));

export const identityOperations: readonly Operation[] = [
  {
    ...base,
    id: "Tokens_Discover",
    method: "GET",
    path: "/{tenantId}/v2.0/.well-known/openid-configuration",
    summary: "The OpenID document of the tenant.",
    answers: {
      200: {
        description: "The document.",
        schema: named(
          "OpenIdConfiguration",
          z.looseObject({ issuer: z.string(), token_endpoint: z.string(), jwks_uri: z.string() }),
        ),
      },
    },
  },
  {
    ...base,
    id: "Tokens_Keys",
    method: "GET",
    path: "/{tenantId}/discovery/v2.0/keys",
    summary: "The public keys that tokens are signed with.",
    answers: {
      200: {
        description: "A JSON Web Key Set.",
        schema: named(
          "JsonWebKeySet",
          z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }),
        ),
      },
    },
  },
  {
    ...base,
    id: "Tokens_Request",
    method: "POST",
    path: "/{tenantId}/oauth2/v2.0/token",
    summary: "Exchanges a credential, a code or a refresh token for an access token.",
    body: {
      mediaType: form,
      schema: named("TokenForm", z.looseObject(TokenForm.shape)),
    },
    answers: {
      200: {
        description: "The token.",
        schema: named(
          "AccessToken",
          z.looseObject({
            token_type: z.string(),
            expires_in: z.int(),
            ext_expires_in: z.int(),
            access_token: z.string(),
            scope: z.string().optional(),
            refresh_token: z.string().optional(),
            id_token: z.string().optional(),
            client_info: z.string().optional(),
          }),
        ),
      },
    },
  },
  {
    ...base,
    id: "Tokens_BeginDevice",
    method: "POST",
    path: "/{tenantId}/oauth2/v2.0/devicecode",
    summary: "Begins the sign-in of a device without a browser.",
    body: {
      mediaType: form,
      schema: named(
        "DeviceForm",
        z.looseObject({ client_id: z.string().min(1).max(200), scope: z.string().min(1).max(4096) }),
      ),
    },
    answers: {
      200: {
        description: "What the device shows, and what it asks with.",
        schema: named(
          "DeviceCode",
          z.object({
            user_code: z.string(),
            device_code: z.string(),
            verification_uri: z.string(),
            verification_uri_complete: z.string(),
            expires_in: z.int(),
            interval: z.int(),
            message: z.string(),
          }),
        ),
      },
    },
  },
  {
    id: "Tokens_UserInfo",
    errorForm: "oauth",
    area: "Tokens",
    access: { kind: "authenticated" },
    method: "GET",
    path: "/{tenantId}/openid/userinfo",
    summary: "Who the token is of.",
    answers: {
      200: {
        description: "The caller.",
        schema: named(
          "UserInfo",
          z.object({ sub: z.string(), name: z.string(), preferred_username: z.string().optional() }),
        ),
      },
    },
  },
  {
    ...page,
    id: "SignIn_Authorize",
    method: "GET",
    path: authorizePath,
    summary: "The page on which a person signs in to a program (authorization code with PKCE).",
    query: AuthorizeQuery,
    answers: { 200: aPage, 303: goesOn },
  },
  {
    ...page,
    id: "SignIn_AuthorizeForm",
    method: "POST",
    path: authorizePath,
    summary: "What the person did on that page.",
    query: AuthorizeQuery,
    body: { mediaType: form, schema: PageForm },
    answers: { 200: aPage, 303: goesOn },
  },
  {
    ...page,
    id: "SignIn_Device",
    method: "GET",
    path: "/device",
    summary: "The page on which a person types the code that a device shows.",
    query: z.object({ user_code: z.string().max(40).optional() }),
    answers: { 200: aPage },
  },
  {
    ...page,
    id: "SignIn_DeviceForm",
    method: "POST",
    path: "/device",
    summary: "What the person did on that page.",
    body: { mediaType: form, schema: PageForm },
    answers: { 200: aPage },
  },
  {
    ...page,
    id: "SignIn_Logout",
    method: "GET",
    path: logoutPath,
    summary: "The page on which a browser is signed out.",
    query: logoutQuery,
    answers: { 200: aPage, 303: goesOn },
  },
  {
    ...page,
    id: "SignIn_LogoutForm",
    method: "POST",
    path: logoutPath,
    summary: "Signs the browser out.",
    query: logoutQuery,
    body: { mediaType: form, schema: PageForm },
    answers: { 200: aPage, 303: goesOn },
  },
];
