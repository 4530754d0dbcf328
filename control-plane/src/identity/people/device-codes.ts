import { randomUUID } from "node:crypto";
import type { Selectable } from "kysely";
import type { Clock } from "../../clock.ts";
import type { DeviceCodesTable } from "../../db/people-tables.ts";
import type { Store } from "../../db/store.ts";
import { hashToken, newToken, newUserCode } from "./random.ts";
import { addRefreshToken } from "./refresh-tokens.ts";
import type { SignIn } from "./sign-in.ts";

export const deviceLifeSeconds = 15 * 60;
export const pollIntervalSeconds = 5;
const slowerBySeconds = 5;
/** Clients count from when they got the last answer, we from when we gave it. */
const toleranceMs = 1000;
/** So many may wait at a time: anybody can ask for a code, and each is a row. */
const maxWaiting = 10_000;

export interface NewDevice {
  readonly clientId: string;
  readonly audience: string;
  readonly scope: string;
}

export interface DeviceCode {
  readonly deviceCode: string;
  readonly userCode: string;
}

/** Begins the sign-in of a device; nothing when too many wait already. */
export async function createDeviceCode(store: Store, clock: Clock, what: NewDevice): Promise<DeviceCode | undefined> {
  const now = clock.now();
  const made = { deviceCode: newToken(), userCode: newUserCode() };
  const isAdded = await store.write(async (tx) => {
    await tx.deleteFrom("device_codes").where("expires_at", "<=", now.toISOString()).execute();
    const { count } = await tx
      .selectFrom("device_codes")
      .select((eb) => eb.fn.countAll().as("count"))
      .executeTakeFirstOrThrow();
    if (Number(count) >= maxWaiting) return false;
    await tx
      .insertInto("device_codes")
      .values({
        device_hash: hashToken(made.deviceCode),
        user_code: made.userCode,
        client_id: what.clientId,
        audience: what.audience,
        scope: what.scope,
        state: "pending",
        user_id: null,
        session_version: null,
        signed_in_at: null,
        interval_seconds: pollIntervalSeconds,
        polled_at: null,
        created_at: now.toISOString(),
        expires_at: new Date(now.getTime() + deviceLifeSeconds * 1000).toISOString(),
      })
      .execute();
    return true;
  });
  return isAdded ? made : undefined;
}

/** The device that shows this code to its person and still waits. */
export async function findWaitingDevice(
  store: Store,
  clock: Clock,
  userCode: string,
): Promise<Selectable<DeviceCodesTable> | undefined> {
  return store.read
    .selectFrom("device_codes")
    .selectAll()
    .where("user_code", "=", userCode)
    .where("state", "=", "pending")
    .where("expires_at", ">", clock.now().toISOString())
    .executeTakeFirst();
}

/** Lets the device in as this person, or turns it away. Answers whether it still waited. */
export async function decideDevice(
  store: Store,
  clock: Clock,
  userCode: string,
  decision: { readonly state: "approved"; readonly signIn: SignIn } | { readonly state: "declined" },
): Promise<boolean> {
  const signIn = decision.state === "approved" ? decision.signIn : undefined;
  const decided = await store.write((tx) =>
    tx
      .updateTable("device_codes")
      .set({
        state: decision.state,
        user_id: signIn?.userId ?? null,
        session_version: signIn?.sessionVersion ?? null,
        signed_in_at: signIn?.signedInAt ?? null,
      })
      .where("user_code", "=", userCode)
      .where("state", "=", "pending")
      .where("expires_at", ">", clock.now().toISOString())
      .returning("user_code")
      .execute(),
  );
  return decided.length > 0;
}

export type Poll =
  | {
      readonly kind: "approved";
      readonly signIn: SignIn;
      readonly audience: string;
      readonly scope: string;
      readonly refreshToken: string | undefined;
    }
  | { readonly kind: "pending" | "tooFast" | "declined" | "expired" | "unknown" };

export interface PollRequest {
  readonly deviceCode: string;
  readonly clientId: string;
  readonly wantsRefreshToken: (scope: string) => boolean;
}

/** What a waiting device is told. An approval is told once; after it the code is gone. */
export async function pollDevice(store: Store, clock: Clock, request: PollRequest): Promise<Poll> {
  const hash = hashToken(request.deviceCode);
  const [refreshToken, familyId] = [newToken(), randomUUID()];
  return store.write(async (tx): Promise<Poll> => {
    const row = await tx.selectFrom("device_codes").selectAll().where("device_hash", "=", hash).executeTakeFirst();
    const now = clock.now();
    if (row === undefined || row.client_id !== request.clientId) return { kind: "unknown" };
    const remove = () => tx.deleteFrom("device_codes").where("device_hash", "=", hash).execute();
    // Kept until others are added: a late poll learns that it came too late.
    if (Date.parse(row.expires_at) <= now.getTime()) return { kind: "expired" };
    if (row.state === "declined") {
      await remove();
      return { kind: "declined" };
    }
    const { user_id: userId, session_version: sessionVersion, signed_in_at: signedInAt } = row;
    if (row.state === "approved" && userId !== null && sessionVersion !== null && signedInAt !== null) {
      await remove();
      const signIn = { userId, sessionVersion, signedInAt };
      const wantsRefreshToken = request.wantsRefreshToken(row.scope);
      if (wantsRefreshToken) {
        await addRefreshToken(tx, refreshToken, { ...signIn, familyId, clientId: row.client_id }, now);
      }
      const { audience, scope } = row;
      return { kind: "approved", signIn, audience, scope, refreshToken: wantsRefreshToken ? refreshToken : undefined };
    }
    const sinceMs = row.polled_at === null ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(row.polled_at);
    const isTooFast = sinceMs < row.interval_seconds * 1000 - toleranceMs;
    await tx
      .updateTable("device_codes")
      .set({
        polled_at: now.toISOString(),
        interval_seconds: row.interval_seconds + (isTooFast ? slowerBySeconds : 0),
      })
      .where("device_hash", "=", hash)
      .execute();
    return { kind: isTooFast ? "tooFast" : "pending" };
  });
}
