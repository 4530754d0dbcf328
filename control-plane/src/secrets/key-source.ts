import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { AzureKeyVault, azureKeyVault } from "./azure-key-vault.ts";
import { ExecKms, execKms } from "./exec-kms.ts";
import type { KeyWrapper } from "./key-wrapper.ts";
import { type MasterKey, masterKeyWrapper, newMasterKey, readMasterKeys, writeMasterKeys } from "./master-key.ts";
import { readIfPresent, readOrCreate } from "./private-file.ts";

/** Where the key comes from that wraps the keys of the database. */
export interface KeySourceSettings {
  readonly dataDir: string;
  /** The master keys themselves, from an environment variable. */
  readonly masterKey?: string | undefined;
  /** A file with them, say a mounted secret. Default: `master.key` in the data folder, which the first start makes. */
  readonly masterKeyFile?: string | undefined;
  /** A JSON file that names a KMS. Master keys are then only for opening what they sealed before. */
  readonly kmsFile?: string | undefined;
}

/** Everything that can open keys of the database, and the one that wraps new ones. */
export interface KeySource {
  readonly current: KeyWrapper;
  find(id: string): KeyWrapper | undefined;
  /** A master key by name: values of earlier versions were sealed with them directly. */
  findMasterKey(id: string): Buffer | undefined;
  /** The names of the master keys, the current one first. */
  readonly masterKeyIds: readonly string[];
  /** For people: where the keys come from. */
  readonly description: string;
  /** How long an opened key may stay in memory without asking again. */
  readonly cacheMs: number;
  /** Reads the master keys again: another process may have rotated them. */
  reload(): Promise<void>;
}

const KmsSettings = z.discriminatedUnion("kind", [ExecKms, AzureKeyVault]);

async function readKms(path: string): Promise<{ kms: KeyWrapper; cacheMs: number }> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new Error(`The KMS settings ${path} cannot be read`, { cause });
  });
  let parsed: z.infer<typeof KmsSettings>;
  try {
    parsed = KmsSettings.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`The KMS settings ${path} are not as docs/operations/keys.md describes them`, { cause });
  }
  return { kms: parsed.kind === "exec" ? execKms(parsed) : azureKeyVault(parsed), cacheMs: parsed.cacheMs };
}

interface Found {
  readonly keys: readonly MasterKey[];
  readonly description: string;
}

async function readKeys(settings: KeySourceSettings, mayCreate: boolean): Promise<Found> {
  if (settings.masterKey !== undefined) {
    const description = "the environment variable ARCFLEET_MASTER_KEY";
    return { keys: readMasterKeys(settings.masterKey, description), description };
  }
  if (settings.masterKeyFile !== undefined) {
    const path = settings.masterKeyFile;
    const text = await readFile(path, "utf8").catch((cause: unknown) => {
      throw new Error(`The master key file ${path} cannot be read`, { cause });
    });
    return { keys: readMasterKeys(text, path), description: path };
  }
  const path = masterKeyFileOf(settings.dataDir);
  const text = mayCreate
    ? await readOrCreate(path, () => writeMasterKeys([newMasterKey()]))
    : await readIfPresent(path);
  return { keys: text === undefined ? [] : readMasterKeys(text, path), description: path };
}

export const masterKeyFileOf = (dataDir: string): string => join(dataDir, "master.key");

/**
 * Opens what the settings name. `isNewStore` says that nothing was sealed yet: only then is a missing `master.key` made, because
 * otherwise it was lost, and a new one would hide that.
 */
export async function openKeySource(settings: KeySourceSettings, isNewStore: boolean): Promise<KeySource> {
  const service = settings.kmsFile === undefined ? undefined : await readKms(settings.kmsFile);
  let found = await readKeys(settings, isNewStore && service === undefined);
  const current = (): KeyWrapper => {
    const [first] = found.keys;
    const wrapper = service?.kms ?? (first === undefined ? undefined : masterKeyWrapper(first));
    if (wrapper !== undefined) return wrapper;
    throw new Error(
      `${found.description} is missing, and the database holds secrets that were sealed with it: restore that file from a backup, or name the key with --master-key-file, ARCFLEET_MASTER_KEY or --kms-file`,
    );
  };
  current();
  return {
    get current() {
      return current();
    },
    find(id) {
      if (id === service?.kms.id) return service.kms;
      const key = found.keys.find((one) => `file:${one.id}` === id);
      return key === undefined ? undefined : masterKeyWrapper(key);
    },
    findMasterKey: (id) => found.keys.find((key) => key.id === id)?.key,
    get masterKeyIds() {
      return found.keys.map(({ id }) => id);
    },
    description: service === undefined ? found.description : `${settings.kmsFile} (with ${found.description})`,
    cacheMs: service?.cacheMs ?? Number.POSITIVE_INFINITY,
    async reload() {
      const again = await readKeys(settings, false);
      if (again.keys.length > 0) found = again;
    },
  };
}
