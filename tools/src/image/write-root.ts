import { chmod, copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageEntry } from "./image-entry.ts";
import { withParents } from "./layer.ts";

/** Writes the entries below a folder. Owners are left out: whoever copies the folder into an image says them. */
export async function writeRoot(target: string, entries: readonly ImageEntry[]): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const entry of withParents(entries)) await writeEntry(join(target, entry.path), entry);
}

async function writeEntry(path: string, entry: ImageEntry): Promise<void> {
  switch (entry.kind) {
    case "directory":
      await mkdir(path, { recursive: true });
      return chmod(path, entry.mode ?? 0o755);
    case "file":
      await writeFile(path, entry.content);
      return chmod(path, entry.mode ?? 0o644);
    case "copy":
      await copyFile(entry.from, path);
      return chmod(path, entry.mode ?? 0o755);
    case "link":
      return symlink(entry.target, path);
  }
}
