import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * Makes a folder as a whole, or not at all: it is written beside its place and moved there at the end.
 * @throws when the place holds something already; it is left as it is
 */
export async function writeProject(out: string, write: (folder: string) => Promise<void>): Promise<void> {
  if (existsSync(out) && (await readdir(out)).length > 0) {
    throw new Error(`${out} is not empty, and nothing is overwritten: name a new folder with --out`);
  }
  await mkdir(dirname(out), { recursive: true });
  const folder = await mkdtemp(join(dirname(out), `.${basename(out)}-`));
  try {
    await write(folder);
    await rm(out, { recursive: true, force: true });
    await rename(folder, out);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Writes a file whose first lines are known when the rest is written. */
export async function writeBehindHead(path: string, body: AsyncIterable<string>, head: () => string): Promise<void> {
  const rest = `${path}.part`;
  await pipeline(body, createWriteStream(rest));
  await writeFile(path, head());
  await pipeline(createReadStream(rest), createWriteStream(path, { flags: "a" }));
  await rm(rest);
}
