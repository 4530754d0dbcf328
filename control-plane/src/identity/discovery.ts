/** The OpenID document of a tenant, with the fields that real clients insist on. The pseudo tenants answer for ours. */
export function discoveryDocument(publicUrl: string, tenant: string): Record<string, unknown> {
  const base = `${publicUrl}/${tenant}`;
  return {
    issuer: `${base}/v2.0`,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    userinfo_endpoint: `${base}/openid/userinfo`,
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "none"],
    grant_types_supported: [
      "client_credentials",
      "authorization_code",
      "refresh_token",
      "urn:ietf:params:oauth:grant-type:device_code",
    ],
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    prompt_values_supported: ["none", "login", "select_account"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    claims_supported: [
      "sub",
      "iss",
      "aud",
      "exp",
      "iat",
      "nbf",
      "oid",
      "tid",
      "appid",
      "name",
      "preferred_username",
      "auth_time",
      "nonce",
    ],
  };
}

/** Names that stand for "whichever tenant": asked by clients before they know the tenant, and when signing out. */
export const pseudoTenants: readonly string[] = ["organizations", "common"];
