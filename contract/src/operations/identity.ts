/** The token issuer, as the identity libraries of Azure speak to it. */
import { z } from "zod";
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
    summary: "Exchanges a credential for an access token.",
    body: {
      mediaType: "application/x-www-form-urlencoded",
      schema: named(
        "TokenForm",
        z.looseObject({
          grant_type: z.string().max(100),
          client_id: z.string().min(1).max(200),
          scope: z.string().min(1).max(4096).optional().describe("One resource followed by `/.default`."),
          client_secret: z.string().min(1).max(1024).optional(),
          client_assertion: z.string().min(1).max(65_536).optional(),
          client_assertion_type: z.string().max(200).optional(),
        }),
      ),
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
          }),
        ),
      },
    },
  },
];
