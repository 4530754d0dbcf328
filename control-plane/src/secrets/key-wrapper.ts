import { z } from "zod";

/**
 * What keeps the keys of the database safe: a master key of ours, or a key management service. It wraps 32 random bytes and
 * opens them again; it sees neither the database nor any secret value. Another service is one more file with this interface.
 */
export interface KeyWrapper {
  /** Names the wrapping key in the database, with its kind in front: `file:ab12cd34`, `exec:prod`, `azure:https://…/keys/k`. */
  readonly id: string;
  /** `keyId` is the name of the key that is wrapped. */
  wrap(key: Buffer, keyId: string): Promise<string>;
  /** @throws saying why when the service refuses or does not answer. */
  unwrap(wrapped: string, keyId: string): Promise<Buffer>;
}

/** What the settings of every KMS say. */
export const kmsLimits = {
  /** How long one call may take. */
  timeoutMs: z.int().min(100).max(120_000).default(10_000),
  /** How long an opened key stays in memory: for so long a service that is away, or a right that was taken, does not show. */
  cacheMs: z
    .int()
    .min(1000)
    .default(60 * 60 * 1000),
};
