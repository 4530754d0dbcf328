/**
 * Envelope encryption of everything secret that goes into the database. Each value has its own random data key, which the
 * master key wraps; changing the master key later means wrapping data keys again, not touching values. `context` (say, the
 * resource's id and the property) is authenticated with the value, so a sealed text copied into another row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { MasterKeys } from "./master-key.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

function encrypt(key: Buffer, plaintext: Buffer, context: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw new Error("too short");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
}

export interface Secrets {
  seal(plaintext: string, context: string): string;
  /** @throws when the text was changed, belongs to another context, or was sealed with a key that `master.key` does not hold. */
  open(sealed: string, context: string): string;
}

/** Seals and opens with the given master keys. The text form is `v1.{master key id}.{wrapped data key}.{value}`. */
export function envelope(keys: MasterKeys): Secrets {
  return {
    seal(plaintext, context) {
      const dataKey = randomBytes(32);
      const wrapped = encrypt(keys.current.key, dataKey, `data-key:${keys.current.id}`);
      const value = encrypt(dataKey, Buffer.from(plaintext), context);
      return `v1.${keys.current.id}.${wrapped.toString("base64url")}.${value.toString("base64url")}`;
    },
    open(sealed, context) {
      const [version, keyId = "", wrapped = "", value = ""] = sealed.split(".");
      if (version !== "v1") throw new Error(`The sealed value of '${context}' has an unknown form`);
      const master = keys.byId.get(keyId);
      if (master === undefined) {
        throw new Error(
          `The value of '${context}' was sealed with master key '${keyId}', which master.key does not hold: restore that file`,
        );
      }
      try {
        const dataKey = decrypt(master, Buffer.from(wrapped, "base64url"), `data-key:${keyId}`);
        return decrypt(dataKey, Buffer.from(value, "base64url"), context).toString("utf8");
      } catch (cause) {
        throw new Error(`The sealed value of '${context}' was changed or belongs elsewhere`, { cause });
      }
    },
  };
}
