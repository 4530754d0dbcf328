import type { Clock } from "../../clock.ts";
import type { Store } from "../../db/store.ts";
import { hashToken, newToken } from "./random.ts";
import type { SignIn } from "./sign-in.ts";
import { toUser, type User } from "./users.ts";

/** A working day. */
export const sessionLifeSeconds = 12 * 60 * 60;

export interface BrowserSession extends SignIn {
  readonly user: User;
}

/** Remembers that a browser is signed in; answers what its cookie holds. */
export async function createSession(store: Store, clock: Clock, user: User): Promise<string> {
  const token = newToken();
  const now = clock.now();
  const row = {
    session_hash: hashToken(token),
    user_id: user.userId,
    session_version: user.sessionVersion,
    signed_in_at: now.toISOString(),
    expires_at: new Date(now.getTime() + sessionLifeSeconds * 1000).toISOString(),
  };
  await store.write((tx) => tx.insertInto("browser_sessions").values(row).execute());
  return token;
}

/** Who a browser is signed in as, if the person may still sign in and nothing ended the session. */
export async function findSession(store: Store, clock: Clock, token: string): Promise<BrowserSession | undefined> {
  const row = await store.read
    .selectFrom("browser_sessions")
    .innerJoin("users", "users.user_id", "browser_sessions.user_id")
    .selectAll("users")
    .select(["browser_sessions.signed_in_at", "browser_sessions.session_version as held_version"])
    .where("session_hash", "=", hashToken(token))
    .where("browser_sessions.expires_at", ">", clock.now().toISOString())
    .executeTakeFirst();
  if (row === undefined || row.is_disabled === 1 || row.held_version !== row.session_version) return undefined;
  const user = toUser(row);
  return { user, userId: user.userId, sessionVersion: user.sessionVersion, signedInAt: row.signed_in_at };
}

export async function endSession(store: Store, token: string): Promise<void> {
  const hash = hashToken(token);
  await store.write((tx) => tx.deleteFrom("browser_sessions").where("session_hash", "=", hash).execute());
}
