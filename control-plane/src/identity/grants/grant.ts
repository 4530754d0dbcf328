import { z } from "zod";
import type { Clock } from "../../clock.ts";
import type { Store } from "../../db/store.ts";
import type { AccessToken, TokenIssuer } from "../access-token.ts";
import type { Applications } from "../applications.ts";
import { type AuthenticateClient, ClientFields } from "../client-authentication.ts";
import type { FailedLogins } from "../failed-logins.ts";

/** The form of a token request. Clients send many more fields; they mean nothing here. */
export const TokenForm = ClientFields.extend({
  grant_type: z.string().max(100),
  client_id: z.string().min(1).max(200),
  scope: z.string().min(1).max(4096).optional(),
  code: z.string().min(1).max(4096).optional(),
  redirect_uri: z.string().min(1).max(2048).optional(),
  code_verifier: z
    .string()
    .regex(/^[\w.~-]{43,128}$/)
    .optional(),
  refresh_token: z.string().min(1).max(4096).optional(),
  device_code: z.string().min(1).max(4096).optional(),
});
export type TokenForm = z.infer<typeof TokenForm>;

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
