/**
 * The keys of the database in memory. Each value's data key is wrapped by one of them, and each of them is wrapped by a master
 * key or a KMS (key-wrapper.ts). All replicas read the same table again every few seconds, and a new key is in it for some time
 * before it seals, so none of them meets a key that it does not know. Two more rules make a key safe to remove:
 *
 * - who has not been able to read the table for a while does not seal: the key it holds for current may have been retired;
 * - a key is removed long after it was found to seal nothing (rotate-keys.ts), longer than a write can take.
 */
import { randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { DataEncryptionKeysTable } from "../db/vault-tables.ts";
import { DomainError } from "../errors.ts";
import { KEY_BYTES } from "./aes.ts";
import type { KeySource } from "./key-source.ts";

/** How often the table is read. */
const REFRESH_MS = 10_000;
/** How long after the last successful reading values may still be sealed. */
const STALE_MS = 30_000;
/** How long a new key is in the table before it seals: longer than STALE_MS, so that who may seal also knows it. */
export const KEY_OVERLAP_MS = 40_000;
/** Between two readings that unknown keys ask for. */
const UNKNOWN_REFRESH_MS = 1000;

export interface DataEncryptionKey {
  readonly id: string;
  readonly key: Buffer;
}

export interface KeyRing {
  /** The key that seals now. @throws ServiceUnavailable */
  current(): DataEncryptionKey;
  /** @throws ServiceUnavailable when it is not known (yet). */
  find(id: string): Buffer;
  readonly source: KeySource;
  /** Reads the table now. */
  refresh(): Promise<void>;
  close(): void;
}

export interface KeyRingOptions {
  readonly store: Pick<Store, "read" | "write">;
  readonly source: KeySource;
  readonly clock: Clock;
  /** Told when keys cannot be read; the ring tries again by itself. */
  readonly onError?: (error: unknown) => void;
}

interface Opened {
  readonly key: Buffer;
  /** Of the monotonic clock: a wall clock that jumps must not make a key older or younger. */
  readonly openedAt: number;
}

/** A new key, wrapped for the table. */
export async function newDataEncryptionKey(source: KeySource, now: Date, activeFrom: Date) {
  const id = `k${randomBytes(5).toString("hex")}`;
  return {
    id,
    wrapped: await source.current.wrap(randomBytes(KEY_BYTES), id),
    wrapped_by: source.current.id,
    active_from: activeFrom.toISOString(),
    created_at: now.toISOString(),
    retired_at: null,
  };
}

/** Opens one key of the table. @throws naming what is missing and how to get it back. */
export async function unwrapKey(
  source: KeySource,
  row: Pick<DataEncryptionKeysTable, "id" | "wrapped" | "wrapped_by">,
): Promise<Buffer> {
  let wrapper = source.find(row.wrapped_by);
  if (wrapper === undefined) {
    await source.reload();
    wrapper = source.find(row.wrapped_by);
  }
  if (wrapper === undefined) {
    const [kind = "", name = ""] = row.wrapped_by.split(/:(.*)/s);
    throw new Error(
      kind === "file"
        ? `The key '${row.id}' of the database was wrapped by master key '${name}', which ${source.description} does not hold: put that key back into it, from a backup`
        : `The key '${row.id}' of the database was wrapped by the key '${name}' of a KMS (${kind}), which ${source.description} does not name: name it with --kms-file`,
    );
  }
  try {
    return await wrapper.unwrap(row.wrapped, row.id);
  } catch (cause) {
    throw new Error(`The key '${row.id}' of the database cannot be opened with '${row.wrapped_by}'`, { cause });
  }
}

/** Opens the ring; the first start makes a key. @throws when a key of the table does not open. */
export async function openKeyRing(options: KeyRingOptions): Promise<KeyRing> {
  const { store, source, clock, onError = () => {} } = options;
  const opened = new Map<string, Opened>();
  let rows: readonly DataEncryptionKeysTable[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const open = async (row: DataEncryptionKeysTable): Promise<void> => {
    const known = opened.get(row.id);
    const ageMs = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.openedAt;
    if (ageMs < source.cacheMs / 2) return;
    try {
      opened.set(row.id, { key: await unwrapKey(source, row), openedAt: performance.now() });
    } catch (error) {
      if (ageMs >= source.cacheMs) forget(row.id);
      throw error;
    }
  };
  const forget = (id: string): void => {
    opened.get(id)?.key.fill(0);
    opened.delete(id);
  };
  const read = async (): Promise<void> => {
    const startedAt = performance.now();
    triedAt = startedAt;
    const found = await store.read
      .selectFrom("data_encryption_keys")
      .selectAll()
      .orderBy("active_from")
      .orderBy("id")
      .execute();
    // All are tried: one that the KMS refuses must not keep the others from being opened.
    const outcomes = await Promise.allSettled(found.map(open));
    for (const id of opened.keys()) if (!found.some((row) => row.id === id)) forget(id);
    rows = found;
    readAt = startedAt;
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  };
  const refresh = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  };

  await refresh();
  if (rows.length === 0) {
    const now = clock.now();
    const row = await newDataEncryptionKey(source, now, now);
    await store.write(async (tx) => {
      // Another process may have been faster; its key is as good as ours.
      if (await tx.selectFrom("data_encryption_keys").select("id").limit(1).executeTakeFirst()) return;
      await tx.insertInto("data_encryption_keys").values(row).execute();
    });
    await refresh();
  }
  const timer = setInterval(() => void refresh().catch(onError), Math.min(REFRESH_MS, source.cacheMs / 4));
  timer.unref();

  const unavailable = (message: string): DomainError => {
    if (performance.now() - triedAt > UNKNOWN_REFRESH_MS) void refresh().catch(onError);
    return new DomainError("ServiceUnavailable", `${message} Repeat the request; the log names the cause.`);
  };
  const find = (id: string): Buffer => {
    const found = opened.get(id);
    const isFresh = found !== undefined && performance.now() - found.openedAt < source.cacheMs;
    if (!isFresh) throw unavailable(`The key '${id}', which secret values are sealed with, cannot be opened now.`);
    return found.key;
  };
  return {
    source,
    refresh,
    find,
    current() {
      if (performance.now() - readAt > STALE_MS) {
        throw unavailable("The keys for secret values could not be read from the database for a while.");
      }
      const now = clock.now().toISOString();
      const usable = rows.filter(({ retired_at }) => retired_at === null);
      const row = usable.findLast(({ active_from }) => active_from <= now) ?? usable[0];
      if (row === undefined) throw unavailable("The database has no key to seal secret values with.");
      return { id: row.id, key: find(row.id) };
    },
    close() {
      clearInterval(timer);
      for (const id of [...opened.keys()]) forget(id);
    },
  };
}
