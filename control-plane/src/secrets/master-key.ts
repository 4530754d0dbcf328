import { randomBytes } from "node:crypto";
import { z } from "zod";
import { readOrCreate } from "./private-file.ts";

const KEY_BYTES = 32;

const MasterKeyFile = z
  .array(
    z.object({
      id: z.string().regex(/^[a-z0-9]{8}$/),
      key: z.base64().refine((text) => Buffer.from(text, "base64").length === KEY_BYTES, "must be 32 bytes"),
    }),
  )
  .min(1);

/** The key that wraps all others. `current` seals; the older ones, after a rotation, only open. */
export interface MasterKeys {
  readonly current: { readonly id: string; readonly key: Buffer };
  readonly byId: ReadonlyMap<string, Buffer>;
}

const newMasterKeyFile = (): string =>
  `${JSON.stringify([{ id: randomBytes(4).toString("hex"), key: randomBytes(KEY_BYTES).toString("base64") }])}\n`;

/**
 * Reads `master.key`, a JSON array with the current key first; the first start makes it. Whoever has this file and the
 * database can read every secret: keep backups of the two apart.
 */
export async function openMasterKeys(path: string): Promise<MasterKeys> {
  const text = await readOrCreate(path, newMasterKeyFile);
  const keys = parse(text, path).map(({ id, key }) => ({ id, key: Buffer.from(key, "base64") }));
  const [current] = keys;
  if (current === undefined) throw new Error(`${path} holds no key; restore it from a backup`);
  return { current, byId: new Map(keys.map(({ id, key }) => [id, key])) };
}

function parse(text: string, path: string): z.infer<typeof MasterKeyFile> {
  try {
    return MasterKeyFile.parse(JSON.parse(text));
  } catch {
    // The cause is left out on purpose: parsers quote their input, and this input is the key.
    throw new Error(`${path} is damaged: it must be a JSON array of {id, key}; restore it from a backup`);
  }
}
