import type { TokenForm } from "@arcfleet/contract";
/** What the three grants of people have in common: which program asks, is the sign-in still good, and what is handed out. */

import { findClient } from "../people/clients.ts";
import type { SignIn } from "../people/sign-in.ts";
import type { UserScope } from "../people/user-scope.ts";
import { toUser } from "../people/users.ts";
import { TokenError } from "../token-error.ts";
import type { GrantOptions, TokenAnswer } from "./grant.ts";
import { provenApplication } from "./proven-application.ts";

/** The program that asks, by its own id; one that keeps a secret has proven itself with it. */
export async function clientOf(options: GrantOptions, form: TokenForm, address: string): Promise<string> {
  const client = await findClient(options.applications, form.client_id);
  if (client === undefined) {
    throw new TokenError(
      "unknownClient",
      `Application with identifier '${form.client_id}' was not found in the directory, or is not for people.`,
    );
  }
  if (client.application !== undefined) await provenApplication(options, form, address);
  return client.clientId;
}

export interface Handout {
  readonly clientId: string;
  readonly signIn: SignIn;
  readonly scope: UserScope;
  readonly nonce?: string | undefined;
  readonly refreshToken: string | undefined;
}

/** Hands out the tokens, unless the person was disabled, or everything that they had was ended meanwhile. */
export async function handOut(options: GrantOptions, what: Handout): Promise<TokenAnswer> {
  const { store, issuer, tenantId } = options;
  const { clientId, signIn, scope } = what;
  const row = await store.read.selectFrom("users").selectAll().where("user_id", "=", signIn.userId).executeTakeFirst();
  const user = row && toUser(row);
  if (user === undefined || user.isDisabled || user.sessionVersion !== signIn.sessionVersion) throw endedSession();
  const facts = { user, clientId, signedInAt: signIn.signedInAt };
  const idToken = scope.wantsIdToken ? await issuer.issueIdToken(facts, what.nonce) : undefined;
  return {
    ...(await issuer.issueForUser(facts, scope.audience)),
    refreshToken: what.refreshToken,
    idToken,
    scope: scope.scope,
    // By this MSAL tells accounts apart.
    clientInfo: Buffer.from(JSON.stringify({ uid: user.userId, utid: tenantId })).toString("base64url"),
  };
}

export const endedSession = (): TokenError =>
  new TokenError("endedSession", "The sign-in has expired or was ended. Sign in again.");
