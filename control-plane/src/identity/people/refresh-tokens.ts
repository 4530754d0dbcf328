import type { Clock } from "../../clock.ts";
import type { Store, Tx } from "../../db/store.ts";
import { hashToken, newToken } from "./random.ts";
import type { SignIn } from "./sign-in.ts";

const dayMs = 24 * 60 * 60 * 1000;
/** Unused for so long, a sign-in ends. */
const idleMs = 14 * dayMs;
/** However much it is used, it ends. */
const longestMs = 90 * dayMs;
/**
 * A token that was exchanged a moment ago may be exchanged again: two commands of one person that run at the same time hold the same
 * token, and neither is a thief.
 */
const graceMs = 30_000;

export interface NewRefreshToken extends SignIn {
  readonly familyId: string;
  readonly clientId: string;
}

/** Saves a refresh token; `token` was made outside, because work of the store may run twice. */
export async function addRefreshToken(tx: Tx, token: string, what: NewRefreshToken, now: Date): Promise<void> {
  const end = Math.min(now.getTime() + idleMs, Date.parse(what.signedInAt) + longestMs);
  await tx
    .insertInto("refresh_tokens")
    .values({
      token_hash: hashToken(token),
      family_id: what.familyId,
      client_id: what.clientId,
      user_id: what.userId,
      session_version: what.sessionVersion,
      signed_in_at: what.signedInAt,
      used_at: null,
      created_at: now.toISOString(),
      expires_at: new Date(end).toISOString(),
    })
    .execute();
}

/** Ends everything that came of one sign-in. */
export async function revokeFamily(tx: Tx, familyId: string): Promise<void> {
  await tx.deleteFrom("refresh_tokens").where("family_id", "=", familyId).execute();
}

export type Exchange =
  | { readonly kind: "exchanged"; readonly signIn: SignIn; readonly next: string }
  /** It was exchanged before: somebody has a copy, so all of its family have ended. */
  | { readonly kind: "reused" }
  | { readonly kind: "unknown" };

/** Exchanges a refresh token for the next of its family. */
export async function exchangeRefreshToken(
  store: Store,
  clock: Clock,
  { token, clientId }: { readonly token: string; readonly clientId: string },
): Promise<Exchange> {
  const next = newToken();
  const hash = hashToken(token);
  return store.write(async (tx) => {
    const row = await tx.selectFrom("refresh_tokens").selectAll().where("token_hash", "=", hash).executeTakeFirst();
    const now = clock.now();
    if (row === undefined || row.client_id !== clientId || Date.parse(row.expires_at) <= now.getTime()) {
      return { kind: "unknown" };
    }
    if (row.used_at === null) {
      const used = { used_at: now.toISOString() };
      await tx.updateTable("refresh_tokens").set(used).where("token_hash", "=", hash).execute();
    } else if (now.getTime() - Date.parse(row.used_at) > graceMs) {
      await revokeFamily(tx, row.family_id);
      return { kind: "reused" };
    }
    const signIn = { userId: row.user_id, sessionVersion: row.session_version, signedInAt: row.signed_in_at };
    await addRefreshToken(tx, next, { ...signIn, familyId: row.family_id, clientId }, now);
    return { kind: "exchanged", signIn, next };
  });
}
