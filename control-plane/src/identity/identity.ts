/**
 * The token issuer of this control plane, put together: who there is (applications), how they prove it (secrets, certificates), what
 * they get (access tokens) and how those are recognised again (authenticate).
 */
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { createTokenIssuer, type TokenIssuer } from "./access-token.ts";
import { type Applications, createApplications } from "./applications.ts";
import { createAuthenticate } from "./authenticate.ts";
import type { Caller } from "./caller.ts";
import { createClientAuthentication } from "./client-authentication.ts";
import { createSecretCheck } from "./client-secret.ts";
import { createFailedLogins, type FailedLogins } from "./failed-logins.ts";
import { createIssuerKeys, type IssuerKeys } from "./outside/issuer-keys.ts";
import { createOutsideCallers } from "./outside/outside-callers.ts";
import { openTrustedIssuer, type TrustedIssuer } from "./outside/trusted-issuer.ts";
import { createUsers, type Users } from "./people/users.ts";
import { openSigningKeys, type SigningKeys } from "./signing-keys.ts";
import { createTokenRequests, type RequestToken } from "./token-request.ts";

export interface IdentityOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly tenantId: string;
  /** The origin that tokens are issued by. */
  readonly publicUrl: string;
  /** Further origins under which the server is known (its other certificate names): tokens may be asked for them too. */
  readonly otherOrigins?: readonly string[];
  /** Issuers outside whose access tokens are accepted. */
  readonly trustedIssuers?: readonly TrustedIssuer[];
  /** For tests. */
  readonly issuerKeys?: IssuerKeys;
}

export interface Identity {
  readonly keys: SigningKeys;
  readonly issuer: TokenIssuer;
  readonly applications: Applications;
  readonly users: Users;
  readonly failedLogins: FailedLogins;
  readonly tokenEndpoint: string;
  /** The origins that an audience may name, the public one first. */
  readonly origins: readonly string[];
  authenticate(authorizationHeader: string | undefined): Promise<Caller>;
  readonly requestToken: RequestToken;
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
  const users = createUsers(store, clock);
  const issuerKeys = options.issuerKeys ?? createIssuerKeys(clock);
  const trustedIssuers = await Promise.all((options.trustedIssuers ?? []).map(openTrustedIssuer));
  const outsideCallers = createOutsideCallers(trustedIssuers, issuerKeys, clock);
  const failedLogins = createFailedLogins(clock);
  const tokenEndpoints = origins.map((origin) => `${origin}/${tenantId}/oauth2/v2.0/token`);
  const authenticateClient = createClientAuthentication({
    applications,
    secretCheck: createSecretCheck(),
    issuerKeys,
    clock,
    tokenEndpoints,
  });
  return {
    keys,
    issuer,
    applications,
    users,
    failedLogins,
    tokenEndpoint: `${publicUrl}/${tenantId}/oauth2/v2.0/token`,
    origins,
    authenticate: createAuthenticate({
      issuer,
      keys,
      applications,
      users,
      outsideCallers,
      clock,
      publicUrl,
      tenantId,
    }),
    requestToken: createTokenRequests({
      store,
      clock,
      tenantId,
      issuer,
      applications,
      failedLogins,
      authenticateClient,
      defaultAudience: publicUrl,
    }),
  };
}
