/**
 * Puts a new master key, or a KMS, in the place of what wraps the keys of the database. Only those few rows change, no value does. The new key
 * is in the file before anything is wrapped by it, and the old one leaves the file after nothing is, so a kill at any time leaves a file that
 * opens everything. Running replicas have the keys open; one that meets a master key it does not know reads its file again.
 */
import type { Store } from "../db/store.ts";
import { type KeyRing, unwrapKey } from "../secrets/key-ring.ts";
import { masterKeyFileOf } from "../secrets/key-source.ts";
import { newMasterKey, readMasterKeys, writeMasterKeys } from "../secrets/master-key.ts";
import { readIfPresent, writeAtomically } from "../secrets/private-file.ts";
import { isMasterKeyUsed, rewrapValues } from "./rotate-keys.ts";

export interface RotateMasterKeyOptions {
  readonly store: Store;
  readonly ring: KeyRing;
  /** The data folder, when `master.key` in it is the source of keys: then a new key is made there. */
  readonly ownFileIn: string | undefined;
  readonly onProgress: (text: string) => void;
}

export interface MasterKeyRotated {
  /** What wraps the keys now. */
  readonly wrappedBy: string;
  readonly rewrapped: number;
  /** Where the file was kept as it was before, when old keys left it. */
  readonly keptFile: string | undefined;
}

export async function rotateMasterKey(options: RotateMasterKeyOptions): Promise<MasterKeyRotated> {
  const { store, ring, ownFileIn, onProgress } = options;
  const { source } = ring;
  if (ownFileIn !== undefined) await addMasterKey(options, ownFileIn);

  const target = source.current;
  const rows = await store.read.selectFrom("data_encryption_keys").selectAll().execute();
  const others = rows.filter(({ wrapped_by }) => wrapped_by !== target.id);
  const oldMasterKeys = source.masterKeyIds.filter((id) => `file:${id}` !== target.id);
  const sealing = [];
  for (const id of source.masterKeyIds) if (await isMasterKeyUsed(store, id)) sealing.push(id);
  if (others.length === 0 && sealing.length === 0 && oldMasterKeys.length === 0) {
    throw new Error(
      `All keys of the database are wrapped by '${target.id}' already: put a new key first into ${source.description}, with the present one after it, or name a KMS with --kms-file`,
    );
  }
  for (const row of others) {
    const wrapped = await target.wrap(await unwrapKey(source, row), row.id);
    await store.write((tx) =>
      tx
        .updateTable("data_encryption_keys")
        .set({ wrapped, wrapped_by: target.id })
        .where("id", "=", row.id)
        .where("wrapped", "=", row.wrapped)
        .execute(),
    );
    onProgress(`key ${row.id} is wrapped by ${target.id}`);
  }
  if (sealing.length > 0) {
    onProgress("values that an earlier version sealed with a master key get a key of the database");
    await rewrapValues(options, ring.current());
  }
  const keptFile = ownFileIn === undefined ? undefined : await removeOldMasterKeys(options, ownFileIn);
  return { wrappedBy: target.id, rewrapped: others.length, keptFile };
}

/** Two keys in the file are a rotation that was cut off: the first one is taken. */
async function addMasterKey({ ring, onProgress }: RotateMasterKeyOptions, dataDir: string): Promise<void> {
  const file = masterKeyFileOf(dataDir);
  const keys = readMasterKeys((await readIfPresent(file)) ?? "", file);
  if (keys.length > 1) {
    onProgress(`${file} holds ${keys.length} keys: the first one, ${keys[0].id}, takes over`);
  } else {
    const made = newMasterKey();
    await writeAtomically(file, writeMasterKeys([made, ...keys]));
    onProgress(`${file} has a new master key, ${made.id}`);
  }
  await ring.source.reload();
}

async function removeOldMasterKeys(
  { store, ring }: RotateMasterKeyOptions,
  dataDir: string,
): Promise<string | undefined> {
  const file = masterKeyFileOf(dataDir);
  const text = (await readIfPresent(file)) ?? "";
  const keys = readMasterKeys(text, file);
  if (keys.length === 1) return undefined;
  const wrapping = await store.read.selectFrom("data_encryption_keys").select("wrapped_by").distinct().execute();
  const kept = [];
  for (const [index, key] of keys.entries()) {
    const isWrapping = wrapping.some(({ wrapped_by }) => wrapped_by === `file:${key.id}`);
    if (index === 0 || isWrapping || (await isMasterKeyUsed(store, key.id))) kept.push(key);
  }
  if (kept.length === keys.length) return undefined;
  const keptFile = `${file}.before-${keys[0].id}`;
  await writeAtomically(keptFile, text);
  await writeAtomically(file, writeMasterKeys(kept));
  await ring.source.reload();
  return keptFile;
}
