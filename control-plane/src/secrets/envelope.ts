/**
 * Envelope encryption of everything secret that goes into the database. Each value has its own random data key, which a key of
 * the database wraps (key-ring.ts); changing that key later means wrapping data keys again, not touching values. `context` (say,
 * the resource's id and the property) is authenticated with the value, so a sealed text copied into another row does not open.
 *
 * The text form is `v2.{key id}.{wrapped data key}.{value}`. In `v1`, which earlier versions wrote, a master key wraps the data key.
 */
import { randomBytes } from "node:crypto";
import { decrypt, encrypt, KEY_BYTES } from "./aes.ts";
import type { DataEncryptionKey, KeyRing } from "./key-ring.ts";

export interface Secrets {
  /** @throws ServiceUnavailable when the keys cannot be had. */
  seal(plaintext: string, context: string): string;
  /** @throws when the text was changed, belongs to another context, or was sealed with a key that is not there. */
  open(sealed: string, context: string): string;
}

interface SealedParts {
  readonly version: string;
  readonly keyId: string;
  readonly wrapped: Buffer;
  readonly value: string;
}

const sealedText = /^(v[12])\.([a-z0-9]+)\.([A-Za-z0-9_-]{80})\.([A-Za-z0-9_-]{38,})$/;

/** The parts of a sealed text; nothing when it is not one. */
export function partsOfSealed(text: string): SealedParts | undefined {
  const [, version = "", keyId = "", wrapped = "", value = ""] = sealedText.exec(text) ?? [];
  return version === "" ? undefined : { version, keyId, wrapped: Buffer.from(wrapped, "base64url"), value };
}

const wrapContext = (keyId: string): string => `data-key:${keyId}`;

const wrapDataKey = ({ id, key }: DataEncryptionKey, dataKey: Buffer): string =>
  encrypt(key, dataKey, wrapContext(id)).toString("base64url");

/** The key that wraps the data key of a text, from the ring or, in texts of earlier versions, a master key. */
function keyOf(ring: Pick<KeyRing, "find" | "source">, { version, keyId }: SealedParts, what: string): Buffer {
  if (version === "v2") return ring.find(keyId);
  const master = ring.source.findMasterKey(keyId);
  if (master === undefined) {
    throw new Error(
      `${what} was sealed with master key '${keyId}', which ${ring.source.description} does not hold: put that key back into it, from a backup`,
    );
  }
  return master;
}

/**
 * The same value under another key of the database: only its data key is wrapped again. @throws when the text does not open, or is
 * none of ours.
 */
export function rewrap(ring: KeyRing, sealed: string, target: DataEncryptionKey): string {
  const parts = partsOfSealed(sealed);
  if (parts === undefined) throw new Error("not a sealed text");
  const dataKey = decrypt(keyOf(ring, parts, "A value"), parts.wrapped, wrapContext(parts.keyId));
  return `v2.${target.id}.${wrapDataKey(target, dataKey)}.${parts.value}`;
}

/** Opens with the keys of the ring. */
export const opener = (ring: Pick<KeyRing, "find" | "source">): Pick<Secrets, "open"> => ({
  open(sealed, context) {
    const parts = partsOfSealed(sealed);
    if (parts === undefined) throw new Error(`The sealed value of '${context}' has an unknown form`);
    const key = keyOf(ring, parts, `The value of '${context}'`);
    try {
      const dataKey = decrypt(key, parts.wrapped, wrapContext(parts.keyId));
      return decrypt(dataKey, Buffer.from(parts.value, "base64url"), context).toString("utf8");
    } catch (cause) {
      throw new Error(`The sealed value of '${context}' was changed or belongs elsewhere`, { cause });
    }
  },
});

/** Seals and opens with the keys of the ring. */
export const envelope = (ring: KeyRing): Secrets => ({
  ...opener(ring),
  seal(plaintext, context) {
    const current = ring.current();
    const dataKey = randomBytes(KEY_BYTES);
    const value = encrypt(dataKey, Buffer.from(plaintext), context);
    return `v2.${current.id}.${wrapDataKey(current, dataKey)}.${value.toString("base64url")}`;
  },
});
