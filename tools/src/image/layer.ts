import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Header, type Pack, pack } from "tar-stream";
import type { ImageEntry } from "./image-entry.ts";

// Nothing about the host or the moment gets into a layer: the same entries give the same bytes.
const EPOCH = new Date(0);

/** Writes the entries as one layer: a tar stream in a fixed order. */
export function packLayer(entries: readonly ImageEntry[]): Pack {
  const layer = pack();
  const add = async () => {
    for (const entry of withParents(entries)) await addEntry(layer, entry);
    layer.finalize();
  };
  add().catch((error: unknown) => layer.destroy(error instanceof Error ? error : new Error(String(error))));
  return layer;
}

/** The entries sorted by path, with the folders above them; a path that occurs twice is a mistake. */
export function withParents(entries: readonly ImageEntry[]): ImageEntry[] {
  const byPath = new Map<string, ImageEntry>();
  for (const entry of entries) {
    if (posix.resolve("/", entry.path) !== entry.path) {
      throw new Error(`"${entry.path}" is not an absolute path in its shortest form`);
    }
    if (byPath.has(entry.path)) throw new Error(`"${entry.path}" is in the image twice`);
    byPath.set(entry.path, entry);
  }
  for (const { path } of entries) {
    for (let folder = posix.dirname(path); folder !== "/"; folder = posix.dirname(folder)) {
      if (!byPath.has(folder)) byPath.set(folder, { kind: "directory", path: folder });
    }
  }
  return [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

async function addEntry(layer: Pack, entry: ImageEntry): Promise<void> {
  const uid = entry.uid ?? 0;
  const common = { name: entry.path.slice(1), mtime: EPOCH, uid, gid: uid };
  switch (entry.kind) {
    case "file":
      return addContent(layer, { ...common, type: "file", mode: entry.mode ?? 0o644 }, Buffer.from(entry.content));
    case "directory":
      return addContent(layer, { ...common, name: `${common.name}/`, type: "directory", mode: entry.mode ?? 0o755 });
    case "link":
      return addContent(layer, { ...common, type: "symlink", linkname: entry.target, mode: 0o777 });
    case "copy": {
      const { size } = await stat(entry.from);
      const slot = layer.entry({ ...common, type: "file", mode: entry.mode ?? 0o755, size });
      return pipeline(createReadStream(entry.from), slot);
    }
  }
}

function addContent(
  layer: Pack,
  header: Partial<Header> & Pick<Header, "name">,
  content = Buffer.alloc(0),
): Promise<void> {
  return new Promise((resolve, reject) => {
    layer.entry(header, content, (error) => (error ? reject(error) : resolve()));
  });
}
