import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { Clock } from "../../clock.ts";
import type { UsersTable } from "../../db/people-tables.ts";
import type { Store, Tx } from "../../db/store.ts";
import { hashSecret, matchesSecret, passwordCost } from "../client-secret.ts";

/** How long another process may go on with a person who was disabled or reset here. */
const cacheMs = 5000;
const cacheSize = 10_000;
/** Wrong passwords in a row that cost no wait. */
const freeFailures = 10;
const longestWaitSeconds = 300;

/** A person as the rest of the service sees them. */
export interface User {
  readonly userId: string;
  readonly name: string;
  readonly displayName: string;
  readonly isDisabled: boolean;
  /** Everything that was issued under an earlier one has ended. */
  readonly sessionVersion: number;
  readonly createdAt: string;
}

export const toUser = (row: Selectable<UsersTable>): User => ({
  userId: row.user_id,
  name: row.name,
  displayName: row.display_name,
  isDisabled: row.is_disabled === 1,
  sessionVersion: row.session_version,
  createdAt: row.created_at,
});

/** A password that can be read out: 20 letters and digits, 103 bits. */
export function newPassword(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const group = (): string => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join("");
  return [group(), group(), group(), group()].join("-");
}

export const hashPassword = (password: string): Promise<string> => hashSecret(password, passwordCost);

export type PasswordCheck =
  | { readonly kind: "right"; readonly user: User }
  | { readonly kind: "wrong" }
  | { readonly kind: "wait"; readonly seconds: number };

export interface Users {
  /** From memory for a few seconds, then from the database. */
  findById(userId: string): Promise<User | undefined>;
  findByName(name: string): Promise<User | undefined>;
  /** Whether the name and password are right; an unknown name takes as long and looks the same as a wrong password. */
  checkPassword(name: string, password: string): Promise<PasswordCheck>;
  /** To be called after the commit of a change. */
  forget(userId: string): void;
}

export function createUsers(store: Store, clock: Clock): Users {
  const cache = new Map<string, { readonly at: number; readonly user: User | undefined }>();
  // Compared with when there is no such person, so that the answer takes as long.
  const nobody = hashSecret(randomBytes(16).toString("hex"), passwordCost);

  const rowByName = (name: string): Promise<Selectable<UsersTable> | undefined> =>
    store.read.selectFrom("users").selectAll().where("name_key", "=", name.toLowerCase()).executeTakeFirst();

  return {
    async findById(userId) {
      const now = clock.now().getTime();
      const cached = cache.get(userId);
      if (cached !== undefined && now - cached.at < cacheMs) return cached.user;
      const row = await store.read.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
      const user = row && toUser(row);
      if (cache.size >= cacheSize) cache.clear();
      cache.set(userId, { at: now, user });
      return user;
    },
    async findByName(name) {
      const row = await rowByName(name);
      return row && toUser(row);
    },
    async checkPassword(name, password) {
      const row = await rowByName(name);
      const now = clock.now().getTime();
      const lockedMs = row?.locked_until ? Date.parse(row.locked_until) - now : 0;
      if (lockedMs > 0) return { kind: "wait", seconds: Math.ceil(lockedMs / 1000) };
      const isRight = await matchesSecret(password, row?.password_hash ?? (await nobody));
      if (row === undefined) return { kind: "wrong" };
      if (!isRight) {
        await store.write((tx) => recordFailure(tx, row.user_id, now));
        return { kind: "wrong" };
      }
      if (row.is_disabled === 1) return { kind: "wrong" };
      if (row.failed_logins > 0) {
        const clean = { failed_logins: 0, locked_until: null };
        await store.write((tx) => tx.updateTable("users").set(clean).where("user_id", "=", row.user_id).execute());
      }
      return { kind: "right", user: toUser(row) };
    },
    forget(userId) {
      cache.delete(userId);
    },
  };
}

/** After the free ones each further wrong password doubles the wait, up to five minutes: slow for who guesses, short for the person. */
async function recordFailure(tx: Tx, userId: string, now: number): Promise<void> {
  const row = await tx.selectFrom("users").select("failed_logins").where("user_id", "=", userId).executeTakeFirst();
  if (row === undefined) return;
  const failures = row.failed_logins + 1;
  const waitSeconds = failures < freeFailures ? 0 : Math.min(2 ** (failures - freeFailures), longestWaitSeconds);
  await tx
    .updateTable("users")
    .set({
      failed_logins: failures,
      locked_until: waitSeconds === 0 ? null : new Date(now + waitSeconds * 1000).toISOString(),
    })
    .where("user_id", "=", userId)
    .execute();
}

export interface NewUser {
  readonly name: string;
  readonly displayName: string;
  /** See hashPassword. */
  readonly passwordHash: string;
}

/** Saves a new person with a fresh id. */
export async function addUser(tx: Tx, what: NewUser, clock: Clock): Promise<User> {
  const row = {
    user_id: randomUUID(),
    name: what.name,
    name_key: what.name.toLowerCase(),
    display_name: what.displayName,
    password_hash: what.passwordHash,
    is_disabled: 0,
    session_version: 1,
    failed_logins: 0,
    locked_until: null,
    created_at: clock.now().toISOString(),
  };
  await tx.insertInto("users").values(row).execute();
  return toUser(row);
}

/** Ends all sessions, refresh tokens and access tokens of a person. */
export async function endSessions(tx: Tx, userId: string): Promise<void> {
  await tx
    .updateTable("users")
    .set((eb) => ({ session_version: eb("session_version", "+", 1) }))
    .where("user_id", "=", userId)
    .execute();
  for (const table of ["browser_sessions", "authorization_codes", "refresh_tokens", "device_codes"] as const) {
    await tx.deleteFrom(table).where("user_id", "=", userId).execute();
  }
}
