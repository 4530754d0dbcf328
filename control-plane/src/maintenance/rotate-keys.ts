/**
 * Puts a new key in the place of the one that seals. Each step can be repeated and is found half-done after a kill: the table says how far
 * it came. Values can be read all along, because the old key stays until long after nothing is sealed with it.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { DataEncryptionKeysTable } from "../db/vault-tables.ts";
import { partsOfSealed, rewrap } from "../secrets/envelope.ts";
import { type DataEncryptionKey, KEY_OVERLAP_MS, type KeyRing, newDataEncryptionKey } from "../secrets/key-ring.ts";
import { type KeyUse, replaceSealed, sealedValues, usesOf } from "./sealed-values.ts";

/** A key that seals nothing is kept for so long: a write that began before it was replaced has ended by then. */
const KEEP_RETIRED_MS = 24 * 60 * 60 * 1000;
/** Values may be sealed with the old key while we are at it, by a replica whose clock is behind. */
const MAX_PASSES = 5;

export interface RotateKeysOptions {
  readonly store: Store;
  readonly ring: KeyRing;
  readonly clock: Clock;
  /** Told in words how far it is. */
  readonly onProgress: (text: string) => void;
  /** How long a new key is published before it seals. Less is only for tests. */
  readonly overlapMs?: number;
}

export interface Rotated {
  readonly keyId: string;
  readonly rewrapped: number;
  /** Old keys that are still needed, and what for. */
  readonly inUse: ReadonlyMap<string, readonly KeyUse[]>;
  /** Old keys that seal nothing any more. */
  readonly retired: readonly string[];
  readonly removed: readonly string[];
}

const loadKeys = (store: Store): Promise<DataEncryptionKeysTable[]> =>
  store.read.selectFrom("data_encryption_keys").selectAll().orderBy("active_from").orderBy("id").execute();

/** Rotates the key that seals values, or goes on with a rotation that was cut off. */
export async function rotateKeys(options: RotateKeysOptions): Promise<Rotated> {
  const { store, ring, clock, onProgress } = options;
  const newest = await newKey(options);
  const waitMs = Date.parse(newest.active_from) - clock.now().getTime();
  if (waitMs > 0) {
    onProgress(`key ${newest.id} is published; it seals in ${Math.ceil(waitMs / 1000)} s, when all replicas know it`);
    await delay(waitMs + 100);
  }
  await ring.refresh();
  const target = { id: newest.id, key: ring.find(newest.id) };
  const old = (await loadKeys(store)).filter(({ id, retired_at }) => id !== target.id && retired_at === null);

  let rewrapped = 0;
  let inUse = new Map<string, readonly KeyUse[]>();
  for (let pass = 1; pass <= MAX_PASSES; pass++) {
    const changed = await rewrapValues(options, target);
    rewrapped += changed;
    inUse = new Map();
    for (const { id } of old) {
      const uses = await usesOf(store, `v2.${id}.`);
      if (uses.length > 0) inUse.set(id, uses);
    }
    if (inUse.size === 0 || changed === 0) break;
    onProgress("values were sealed with an old key in the meantime: once more");
  }
  const retired = old.map(({ id }) => id).filter((id) => !inUse.has(id));
  if (retired.length > 0) {
    const now = clock.now().toISOString();
    await store.write((tx) =>
      tx.updateTable("data_encryption_keys").set({ retired_at: now }).where("id", "in", retired).execute(),
    );
  }
  return { keyId: target.id, rewrapped, inUse, retired, removed: await removeRetired(options) };
}

/** Two keys that both seal are a rotation that was cut off: its key is taken. */
async function newKey({ store, ring, clock, onProgress, overlapMs = KEY_OVERLAP_MS }: RotateKeysOptions) {
  const usable = (await loadKeys(store)).filter(({ retired_at }) => retired_at === null);
  const newest = usable.at(-1);
  if (usable.length > 1 && newest !== undefined) {
    onProgress(`a rotation to key ${newest.id} was begun earlier; it goes on`);
    return newest;
  }
  const now = clock.now();
  const row = await newDataEncryptionKey(ring.source, now, new Date(now.getTime() + overlapMs));
  await store.write((tx) => tx.insertInto("data_encryption_keys").values(row).execute());
  return row;
}

/** Seals everything that opens with the target key, values aside. Answers with how many there were. */
export async function rewrapValues(
  { store, ring, onProgress }: Pick<RotateKeysOptions, "store" | "ring" | "onProgress">,
  target: DataEncryptionKey,
): Promise<number> {
  let count = 0;
  let toldAt = performance.now();
  for await (const values of sealedValues(store, target.id)) {
    const changes = values.flatMap((value) => {
      if (partsOfSealed(value.text) === undefined) return [];
      try {
        return [{ value, text: rewrap(ring, value.text, target) }];
      } catch (error) {
        // A text of a user's that looks like one of ours, or a value whose key is lost: usesOf() finds the second kind.
        const reason = error instanceof Error ? error.message : String(error);
        onProgress(`left as it is: ${value.table.name}.${value.column} of ${JSON.stringify(value.key)}: ${reason}`);
        return [];
      }
    });
    if (changes.length > 0) count += await replaceSealed(store, changes);
    if (performance.now() - toldAt > 2000) {
      onProgress(`${count} values are sealed with key ${target.id}, now in ${values[0]?.table.name}`);
      toldAt = performance.now();
    }
  }
  return count;
}

async function removeRetired({ store, clock, onProgress }: RotateKeysOptions): Promise<string[]> {
  const until = new Date(clock.now().getTime() - KEEP_RETIRED_MS).toISOString();
  const removed: string[] = [];
  for (const { id, retired_at } of await loadKeys(store)) {
    if (retired_at === null || retired_at > until) continue;
    const uses = await usesOf(store, `v2.${id}.`);
    if (uses.length > 0) {
      onProgress(`key ${id} is needed again by ${uses.map(({ place }) => place).join(", ")}: it stays`);
      await store.write((tx) =>
        tx.updateTable("data_encryption_keys").set({ retired_at: null }).where("id", "=", id).execute(),
      );
      continue;
    }
    await store.write((tx) => tx.deleteFrom("data_encryption_keys").where("id", "=", id).execute());
    removed.push(id);
  }
  return removed;
}

/** How many values each key seals, by the name in their text. */
export async function countUses(store: Store, marker: string): Promise<number> {
  return (await usesOf(store, marker)).reduce((sum, { count }) => sum + count, 0);
}

/** Whether any value was sealed with this master key directly, as earlier versions did. */
export const isMasterKeyUsed = async (store: Store, id: string): Promise<boolean> =>
  (await usesOf(store, `v1.${id}.`)).length > 0;
