import { createHash, randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { Clock } from "../../clock.ts";
import type { AuthorizationCodesTable } from "../../db/people-tables.ts";
import type { Store } from "../../db/store.ts";
import { hashToken, isSameText, newToken } from "./random.ts";
import { addRefreshToken, revokeFamily } from "./refresh-tokens.ts";
import type { SignIn } from "./sign-in.ts";

const lifeMs = 5 * 60 * 1000;

export interface NewCode extends SignIn {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeChallenge: string | undefined;
  readonly audience: string;
  readonly scope: string;
  readonly nonce: string | undefined;
}

/** Makes the code that a browser carries to the client. */
export async function createCode(store: Store, clock: Clock, what: NewCode): Promise<string> {
  const code = newToken();
  const row: AuthorizationCodesTable = {
    code_hash: hashToken(code),
    family_id: randomUUID(),
    client_id: what.clientId,
    user_id: what.userId,
    session_version: what.sessionVersion,
    redirect_uri: what.redirectUri,
    code_challenge: what.codeChallenge ?? null,
    audience: what.audience,
    scope: what.scope,
    nonce: what.nonce ?? null,
    signed_in_at: what.signedInAt,
    used_at: null,
    expires_at: new Date(clock.now().getTime() + lifeMs).toISOString(),
  };
  await store.write((tx) => tx.insertInto("authorization_codes").values(row).execute());
  return code;
}

export interface Redemption {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string | undefined;
  readonly verifier: string | undefined;
  readonly wantsRefreshToken: (scope: string) => boolean;
}

export type Redeemed =
  | {
      readonly kind: "redeemed";
      readonly row: Selectable<AuthorizationCodesTable>;
      readonly refreshToken: string | undefined;
    }
  | { readonly kind: "unknown" | "reused" | "wrongVerifier" | "wrongRedirect" };

/**
 * Exchanges a code, once. Whoever presents it uses it up, also with the wrong verifier: it can only be a thief or a broken client. A
 * second presentation ends what the first one obtained.
 */
export async function redeemCode(store: Store, clock: Clock, what: Redemption): Promise<Redeemed> {
  const hash = hashToken(what.code);
  const refreshToken = newToken();
  return store.write(async (tx): Promise<Redeemed> => {
    const row = await tx.selectFrom("authorization_codes").selectAll().where("code_hash", "=", hash).executeTakeFirst();
    const now = clock.now();
    if (row === undefined || row.client_id !== what.clientId) return { kind: "unknown" };
    if (row.used_at !== null) {
      await revokeFamily(tx, row.family_id);
      return { kind: "reused" };
    }
    const used = { used_at: now.toISOString() };
    await tx.updateTable("authorization_codes").set(used).where("code_hash", "=", hash).execute();
    if (Date.parse(row.expires_at) <= now.getTime()) return { kind: "unknown" };
    if (what.redirectUri !== row.redirect_uri) return { kind: "wrongRedirect" };
    if (!fitsChallenge(what.verifier, row.code_challenge)) return { kind: "wrongVerifier" };
    if (!what.wantsRefreshToken(row.scope)) return { kind: "redeemed", row, refreshToken: undefined };
    await addRefreshToken(
      tx,
      refreshToken,
      {
        familyId: row.family_id,
        clientId: row.client_id,
        userId: row.user_id,
        sessionVersion: row.session_version,
        signedInAt: row.signed_in_at,
      },
      now,
    );
    return { kind: "redeemed", row, refreshToken };
  });
}

/** PKCE with S256. A verifier without a challenge is refused too: the request was exchanged on its way (RFC 9700, 4.8.2). */
function fitsChallenge(verifier: string | undefined, challenge: string | null): boolean {
  if (challenge === null || verifier === undefined) return challenge === null && verifier === undefined;
  return isSameText(createHash("sha256").update(verifier).digest("base64url"), challenge);
}
