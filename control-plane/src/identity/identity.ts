/**
 * The token issuer of this control plane, put together: who there is (applications), how they prove it (secrets, certificates), what
 * they get (access tokens) and how those are recognised again (authenticate).
 */
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { type AccessToken, createTokenIssuer, type TokenIssuer } from "./access-token.ts";
import { type Applications, createApplications } from "./applications.ts";
import { createAuthenticate } from "./authenticate.ts";
import type { Caller } from "./caller.ts";
import { createSecretCheck } from "./client-secret.ts";
import { createFailedLogins } from "./failed-logins.ts";
import { openSigningKeys, type SigningKeys } from "./signing-keys.ts";
import { createTokenRequests } from "./token-request.ts";

export interface IdentityOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly tenantId: string;
  /** The origin that tokens are issued by. */
  readonly publicUrl: string;
  /** Further origins under which the server is known (its other certificate names): tokens may be asked for them too. */
  readonly otherOrigins?: readonly string[];
}

export interface Identity {
  readonly keys: SigningKeys;
  readonly issuer: TokenIssuer;
  readonly applications: Applications;
  readonly tokenEndpoint: string;
  /** The origins that an audience may name, the public one first. */
  readonly origins: readonly string[];
  authenticate(authorizationHeader: string | undefined): Promise<Caller>;
  /** Answers the form of a token request that came from `address`. @throws TokenError */
  requestToken(form: unknown, address: string): Promise<AccessToken>;
}

export async function openIdentity(options: IdentityOptions): Promise<Identity> {
  const { store, clock, tenantId, publicUrl } = options;
  const keys = await openSigningKeys(options);
  const origins = [publicUrl, ...(options.otherOrigins ?? [])];
  const issuer = createTokenIssuer({
    keys,
    clock,
    tenantId,
    issuer: `${publicUrl}/${tenantId}/v2.0`,
    audiences: origins,
  });
  const applications = createApplications(store, clock);
  const tokenEndpoints = origins.map((origin) => `${origin}/${tenantId}/oauth2/v2.0/token`);
  return {
    keys,
    issuer,
    applications,
    tokenEndpoint: `${publicUrl}/${tenantId}/oauth2/v2.0/token`,
    origins,
    authenticate: createAuthenticate({ issuer, applications, clock, publicUrl, tenantId }),
    requestToken: createTokenRequests({
      issuer,
      applications,
      secretCheck: createSecretCheck(),
      failedLogins: createFailedLogins(clock),
      clock,
      tokenEndpoints,
    }),
  };
}
