import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import type { ChartFile } from "./chart-folder.ts";
import { ChartError } from "./chart-metadata.ts";

/** Far above any real chart: Helm keeps each release in a Secret of at most 1 MiB, charts included. */
export const chartLimits = { packedBytes: 4 * 1024 * 1024, unpackedBytes: 20 * 1024 * 1024, files: 5000 } as const;

/**
 * The files of a packed chart. Whoever made the archive is not trusted: what unpacks to too much, and entries that are no plain
 * files below the one folder of the chart, are refused.
 * @param origin where the archive came from, for messages
 * @throws ChartError
 */
export async function unpackChart(archive: Buffer, origin: string): Promise<ChartFile[]> {
  const tar = await unzip(archive, origin);
  const found = new Map<string, Buffer>();
  let root: string | undefined;
  try {
    const entries = extract();
    entries.end(tar);
    for await (const entry of entries) {
      const place = placeOf(entry.header, origin);
      if (place === undefined) {
        entry.resume();
        continue;
      }
      root ??= place.root;
      if (place.root !== root) throw new ChartError(`${origin} holds more than one folder: ${root} and ${place.root}`);
      if (found.has(place.path)) throw new ChartError(`${origin} holds ${place.path} twice`);
      if (found.size >= chartLimits.files) {
        throw new ChartError(`${origin} holds more than ${chartLimits.files} files`);
      }
      found.set(place.path, await buffer(entry));
    }
  } catch (cause) {
    if (cause instanceof ChartError) throw cause;
    throw new ChartError(`${origin} is not a packed chart; make one with 'helm package'`, cause);
  }
  return [...found].map(([path, content]) => ({ path, content }));
}

async function unzip(archive: Buffer, origin: string): Promise<Buffer> {
  if (archive.length > chartLimits.packedBytes) throw new ChartError(tooLarge(origin, chartLimits.packedBytes, ""));
  try {
    return await promisify(gunzip)(archive, { maxOutputLength: chartLimits.unpackedBytes });
  } catch (cause) {
    if (typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      throw new ChartError(tooLarge(origin, chartLimits.unpackedBytes, " unpacked"), cause);
    }
    throw new ChartError(`${origin} is not a packed chart; make one with 'helm package'`, cause);
  }
}

const tooLarge = (origin: string, bytes: number, how: string): string =>
  `${origin} is larger than the ${bytes / 1024 / 1024} MiB that a chart may have${how}: name what Helm does not need in .helmignore`;

/** Where an entry belongs; undefined for a folder, which its files imply. */
function placeOf({ name, type }: Header, origin: string): { root: string; path: string } | undefined {
  const [root = "", ...rest] = name.replace(/\/$/, "").split("/");
  const isStrange = [root, ...rest].some((part) => part === "" || part === "." || part === "..");
  if (isStrange || /[\\\0]/.test(name)) throw new ChartError(`${origin} holds a path that leaves the chart: '${name}'`);
  if (type === "directory") return undefined;
  if (type !== "file") throw new ChartError(`${origin} holds '${name}', which is a ${type} and not a plain file`);
  if (rest.length === 0) throw new ChartError(`${origin} holds '${name}' outside of the chart's folder`);
  return { root, path: rest.join("/") };
}
