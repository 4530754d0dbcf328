import type { TokenForm } from "@arcfleet/contract";
import type { Clock } from "../../clock.ts";
import type { Store } from "../../db/store.ts";
import type { AccessToken, TokenIssuer } from "../access-token.ts";
import type { Applications } from "../applications.ts";
import type { AuthenticateClient } from "../client-authentication.ts";
import type { FailedLogins } from "../failed-logins.ts";

export interface TokenAnswer extends AccessToken {
  readonly refreshToken?: string | undefined;
  readonly idToken?: string | undefined;
  /** The rest only where a person signed in. */
  readonly scope?: string | undefined;
  readonly clientInfo?: string | undefined;
}

/** One way to obtain a token. @throws TokenError */
export type Grant = (form: TokenForm, address: string) => Promise<TokenAnswer>;

export interface GrantOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly tenantId: string;
  readonly issuer: TokenIssuer;
  readonly applications: Applications;
  readonly failedLogins: FailedLogins;
  readonly authenticateClient: AuthenticateClient;
  /** What a token is for when nothing is said. */
  readonly defaultAudience: string;
}
