/**
 * Charts as archives that everyone who packs the same files makes alike. A chart is known by the digest of its tar, not of the .tgz:
 * what compression makes of it differs from one machine and one version of zlib to the next.
 */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { pack } from "tar-stream";
import { type ChartFile, readChartFolder } from "./chart-folder.ts";
import { type ChartDescription, ChartError, parseChartYaml } from "./chart-metadata.ts";
import { unpackChart } from "./unpack-chart.ts";

const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;

/** A chart as Helm pulls it. */
export interface ChartArchive extends ChartDescription {
  /** The .tgz. */
  readonly content: Buffer;
  /** `sha256:` and the hex hash of the .tgz: what whoever pulls it compares. */
  readonly digest: string;
  /** `sha256:` and the hex hash of the tar inside: the same wherever and whenever the same files are packed. */
  readonly contentDigest: string;
  /** Where it came from, for messages. */
  readonly origin: string;
}

export const digestOf = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/**
 * Packs what lies at a path: a chart's folder, or an archive of one, which is packed anew.
 * @throws ChartError naming the path when there is no chart
 */
export async function packChart(path: string): Promise<ChartArchive> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new ChartError(`There is no chart at ${path}: give the folder that holds its Chart.yaml, or a .tgz`, cause);
  });
  if (found.isDirectory()) return packFiles(await readChartFolder(path), path);
  return packFiles(await unpackChart(await readFile(path), path), path);
}

/** Packs files. Their order and times do not matter. */
export async function packFiles(files: readonly ChartFile[], origin: string): Promise<ChartArchive> {
  const yaml = files.find(({ path }) => path === "Chart.yaml")?.content.toString("utf8");
  if (yaml === undefined) throw new ChartError(`${origin} holds no Chart.yaml, so it is no chart`);
  const description = parseChartYaml(yaml, origin);
  const tar = await makeTar(description.metadata.name, files);
  const content = await promisify(gzip)(tar, { level: 9 });
  // The one byte of the gzip header that depends on where it was written.
  content.writeUInt8(GZIP_OS_UNKNOWN, GZIP_OS_OFFSET);
  return { ...description, content, digest: digestOf(content), contentDigest: digestOf(tar), origin };
}

async function makeTar(name: string, files: readonly ChartFile[]): Promise<Buffer> {
  const tar = pack();
  const packed = buffer(tar);
  // By code units, which no locale changes.
  for (const { path, content } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    tar.entry({ name: `${name}/${path}`, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, content);
  }
  tar.finalize();
  return packed;
}
