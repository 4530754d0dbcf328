import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { decrypt, encrypt, KEY_BYTES } from "./aes.ts";
import type { KeyWrapper } from "./key-wrapper.ts";

const isKey = (text: string): boolean => Buffer.from(text, "base64").length === KEY_BYTES;

const MasterKeyFile = z
  .array(
    z.object({
      id: z.string().regex(/^[a-z0-9]{8}$/),
      key: z.base64().refine(isKey, "must be 32 bytes"),
    }),
  )
  .min(1);

export interface MasterKey {
  readonly id: string;
  readonly key: Buffer;
}

/** The keys that wrap all others. The first one wraps; the others, after a rotation, only open. */
export type MasterKeys = readonly [MasterKey, ...MasterKey[]];

export const newMasterKey = (): MasterKey => ({ id: randomBytes(4).toString("hex"), key: randomBytes(KEY_BYTES) });

export const writeMasterKeys = (keys: readonly MasterKey[]): string =>
  `${JSON.stringify(keys.map(({ id, key }) => ({ id, key: key.toString("base64") })))}\n`;

/**
 * Reads master keys: a JSON array of `{id, key}` with the current key first, or one bare key, the base64 text of 32 bytes, as
 * secret stores of orchestrators hand it over. `where` names the source in errors, which never show the content.
 */
export function readMasterKeys(text: string, where: string): MasterKeys {
  const bare = text.trim();
  if (/^[A-Za-z0-9+/]{43}=$/.test(bare)) {
    const key = Buffer.from(bare, "base64");
    // The name has to be the same wherever the key is put: it follows from the key, and tells nothing of it.
    return [{ id: createHash("sha256").update("arcfleet master key").update(key).digest("hex").slice(0, 8), key }];
  }
  const [first, ...others] = parse(text, where).map(({ id, key }) => ({ id, key: Buffer.from(key, "base64") }));
  if (first === undefined) throw new Error(`${where} holds no key; restore it from a backup`);
  return [first, ...others];
}

function parse(text: string, where: string): z.infer<typeof MasterKeyFile> {
  try {
    return MasterKeyFile.parse(JSON.parse(text));
  } catch {
    // The cause is left out on purpose: parsers quote their input, and this input is the key.
    throw new Error(
      `${where} is damaged: it must be a JSON array of {id, key}, or the base64 text of one key of 32 bytes; restore it from a backup`,
    );
  }
}

const contextOf = (keyId: string): string => `data-encryption-key:${keyId}`;

/** A master key as what wraps the keys of the database. */
export const masterKeyWrapper = ({ id, key }: MasterKey): KeyWrapper => ({
  id: `file:${id}`,
  wrap: async (plain, keyId) => encrypt(key, plain, contextOf(keyId)).toString("base64url"),
  async unwrap(wrapped, keyId) {
    try {
      return decrypt(key, Buffer.from(wrapped, "base64url"), contextOf(keyId));
    } catch (cause) {
      throw new Error(`master key '${id}' does not open it: the key has this name and another content`, { cause });
    }
  },
});
