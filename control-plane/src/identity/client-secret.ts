import { createHmac, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}
/** For secrets that we made: they cannot be guessed anyway. */
const secretCost: Cost = { N: 2 ** 14, r: 8, p: 1 };
/** For passwords that people choose: what OWASP recommends. */
export const passwordCost: Cost = { N: 2 ** 15, r: 8, p: 3 };
const MAX_MEMORY = 128 * 1024 * 1024;
const HASH_BYTES = 32;
const CHECKED_SIZE = 1000;

const derive: (secret: string, salt: Buffer, bytes: number, options: ScryptOptions) => Promise<Buffer> =
  promisify(scrypt);

/** A secret that nobody can guess, in characters that survive every shell and form. */
export const newClientSecret = (): string => randomBytes(30).toString("base64url");

/** The form in which a secret or password is kept: slow to try out, useless to sign in with. */
export async function hashSecret(secret: string, cost: Cost = secretCost): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(secret, salt, HASH_BYTES, { ...cost, maxmem: MAX_MEMORY });
  return ["scrypt", cost.N, cost.r, cost.p, salt.toString("base64"), hash.toString("base64")].join("$");
}

/** Compares in constant time. */
export async function matchesSecret(secret: string, stored: string): Promise<boolean> {
  const [form, N, r, p, salt = "", hash = ""] = stored.split("$");
  if (form !== "scrypt") throw new Error("A stored secret has an unknown form");
  const expected = Buffer.from(hash, "base64");
  const cost = { N: Number(N), r: Number(r), p: Number(p), maxmem: MAX_MEMORY };
  return timingSafeEqual(await derive(secret, Buffer.from(salt, "base64"), expected.length, cost), expected);
}

/**
 * Checks secrets against their hashes. A secret that was right before is known again by an HMAC under a key of this process, so
 * that a pipeline asking for a thousand tokens pays the slow hash once; wrong ones always pay it.
 */
export interface SecretCheck {
  /** Whether the secret is known to be right, without the slow hash. */
  isKnown(secret: string, stored: string): boolean;
  check(secret: string, stored: string): Promise<boolean>;
}

export function createSecretCheck(): SecretCheck {
  const processKey = randomBytes(32);
  const known = new Set<string>();
  // The stored hash is part of the key: a removed or changed credential is never answered from here.
  const mark = (secret: string, stored: string): string =>
    createHmac("sha256", processKey).update(stored).update("\0").update(secret).digest("base64");
  return {
    isKnown: (secret, stored) => known.has(mark(secret, stored)),
    async check(secret, stored) {
      if (!(await matchesSecret(secret, stored))) return false;
      if (known.size >= CHECKED_SIZE) known.clear();
      known.add(mark(secret, stored));
      return true;
    },
  };
}
