import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDir } from "../setup/cache-dir.ts";
import { removeLeftovers } from "../setup/cached-tool.ts";
import { fileSha256 } from "../setup/file-digest.ts";
import { hostPlatform, nodePlatform } from "../setup/platform.ts";
import { withSetUpLock } from "../setup/set-up-lock.ts";
import type { Log } from "../setup/tool.ts";
import type { ImageEntry } from "./image-entry.ts";
import { withParents } from "./layer.ts";
import { type ImageSettings, writeImageArchive } from "./write-image-archive.ts";

/** Change it when the archive is written differently, so that old ones in the cache are not taken. */
const FORMAT = 1;
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

export interface ImageRecipe {
  /** Name without tag, such as `arcfleet.local/agents`. */
  readonly name: string;
  readonly tag: string;
  readonly entries: readonly ImageEntry[];
  /** Number of the user it runs as: images of this project never run as root by themselves. */
  readonly user: number;
  readonly entrypoint: readonly string[];
  /** @default only PATH */
  readonly env?: Readonly<Record<string, string>>;
}

/** Makes an image and gives the path of its archive; the same recipe is only made once, whoever asks. */
export async function buildImage(recipe: ImageRecipe, log: Log = () => {}): Promise<string> {
  const settings: ImageSettings = {
    reference: `${recipe.name}:${recipe.tag}`,
    user: recipe.user,
    entrypoint: recipe.entrypoint,
    env: { PATH, ...recipe.env },
    platform: nodePlatform(hostPlatform()),
  };
  const cache = cacheDir();
  const folder = join(cache, "images");
  const archive = join(folder, `${basename(recipe.name)}-${await contentKey(settings, recipe.entries)}.tar`);
  if (await exists(archive)) return archive;
  await withSetUpLock(cache, log, async () => {
    if (await exists(archive)) return; // another process made it while this one waited
    await removeLeftovers(cache);
    await Promise.all([folder, join(cache, "tmp")].map((path) => mkdir(path, { recursive: true })));
    const temporary = join(cache, "tmp", `${randomUUID()}.tar`);
    await writeImageArchive(temporary, settings, recipe.entries);
    await rename(temporary, archive);
  });
  return archive;
}

async function contentKey(settings: ImageSettings, entries: readonly ImageEntry[]): Promise<string> {
  const described = await Promise.all(withParents(entries).map(describeEntry));
  return createHash("sha256")
    .update(JSON.stringify([FORMAT, settings, described]))
    .digest("hex")
    .slice(0, 16);
}

async function describeEntry(entry: ImageEntry): Promise<unknown> {
  switch (entry.kind) {
    case "file":
      return { ...entry, content: createHash("sha256").update(entry.content).digest("hex") };
    case "copy":
      return { ...entry, from: await fileSha256(entry.from) };
    case "directory":
    case "link":
      return entry;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
