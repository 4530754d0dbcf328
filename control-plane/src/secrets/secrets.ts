import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import { envelope, type Secrets } from "./envelope.ts";
import { type KeyRing, type KeyRingOptions, openKeyRing } from "./key-ring.ts";
import { type KeySourceSettings, openKeySource } from "./key-source.ts";

export type { Secrets };

export interface OpenSecrets extends Secrets {
  readonly ring: KeyRing;
  close(): void;
}

export interface OpenSecretsOptions extends Pick<KeyRingOptions, "onError"> {
  readonly store: Pick<Store, "read" | "write">;
  readonly keys: KeySourceSettings;
  readonly clock: Clock;
}

/** True when nothing in the database was sealed yet. */
async function isUnsealed({ read }: Pick<Store, "read">): Promise<boolean> {
  const key = await read.selectFrom("data_encryption_keys").select("id").limit(1).executeTakeFirst();
  const fact = await read.selectFrom("installation").select("name").limit(1).executeTakeFirst();
  return key === undefined && fact === undefined;
}

/** Seals and opens what is secret in this database, with the keys that the settings name; the first start makes them. */
export async function openSecrets({ store, keys, clock, onError }: OpenSecretsOptions): Promise<OpenSecrets> {
  const source = await openKeySource(keys, await isUnsealed(store));
  const ring = await openKeyRing({ store, source, clock, ...(onError ? { onError } : {}) });
  return { ...envelope(ring), ring, close: () => ring.close() };
}
