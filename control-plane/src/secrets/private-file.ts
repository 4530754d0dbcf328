import { randomUUID } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

async function writeSynced(path: string, content: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;

/** Replaces a file in one step: a reader, or a crash, sees the old content or the new one and never half of it. */
export async function writeAtomically(path: string, content: string, { mode = 0o600 } = {}): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeSynced(draft, content, mode);
  await rename(draft, path).catch(async (error: unknown) => {
    await rm(draft, { force: true });
    throw error;
  });
}

/** The text of a file, or nothing when there is none. */
export async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Reads a private file (mode 0600), making it first when it is missing. Of two processes that race, one wins and both read its file. */
export async function readOrCreate(path: string, make: () => Promise<string> | string): Promise<string> {
  const present = await readIfPresent(path);
  if (present !== undefined) return present;
  const draft = `${path}.${randomUUID()}`;
  await writeSynced(draft, await make(), 0o600);
  try {
    // Unlike a rename, a link does not replace what another process put there in the meantime.
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, "utf8");
}

/** Gives a file another name beside the old one. Of two processes that race, one does it and the other finds nothing to do. */
export async function putAside(path: string, suffix: string): Promise<void> {
  await rename(path, `${path}${suffix}`).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
}
