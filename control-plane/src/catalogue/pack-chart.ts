import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, matchesGlob } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { gunzipSync, gzipSync } from "node:zlib";
import { extract, pack } from "tar-stream";
import { parse } from "yaml";
import { ChartMetadata } from "./chart-metadata.ts";

const MAX_CHART_BYTES = 20 * 1024 * 1024;
const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;

/** A chart as Helm pulls it. */
export interface ChartArchive {
  readonly metadata: ChartMetadata;
  /** All of `Chart.yaml` as JSON, the way Helm keeps it in registries. */
  readonly chartJson: string;
  /** The .tgz. */
  readonly content: Buffer;
  /** `sha256:` and the hex hash of the content. */
  readonly digest: string;
  /** Where it came from, for messages. */
  readonly origin: string;
}

export const digestOf = (content: Buffer): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;

function parseChart(yaml: string, origin: string): Pick<ChartArchive, "metadata" | "chartJson" | "origin"> {
  const chart: unknown = parse(yaml);
  const metadata = ChartMetadata.safeParse(chart);
  if (metadata.success) return { metadata: metadata.data, chartJson: JSON.stringify(chart), origin };
  const problems = metadata.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
  throw new Error(`Chart.yaml of ${origin} cannot be used: ${problems}`);
}

async function readIgnored(folder: string): Promise<string[]> {
  const lines = await readFile(join(folder, ".helmignore"), "utf8").catch(() => "");
  return lines
    .split("\n")
    .map((line) => line.trim().replace(/^\//, "").replace(/\/$/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The chart's files, sorted, without what `.helmignore` leaves out. */
async function listFiles(folder: string): Promise<string[]> {
  const ignored = await readIgnored(folder);
  const isIgnored = (path: string): boolean => {
    const segments = path.split("/");
    return ignored.some((pattern) => matchesGlob(path, pattern) || segments.some((each) => matchesGlob(each, pattern)));
  };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length))
    .filter((path) => path !== ".helmignore" && !isIgnored(path))
    .sort();
}

/** Packs a chart folder. The same content gives the same bytes, whenever and wherever it is packed. */
export async function packChart(folder: string): Promise<ChartArchive> {
  const chart = parseChart(await readFile(join(folder, "Chart.yaml"), "utf8"), folder);
  const tar = pack();
  const packed = buffer(tar);
  for (const path of await listFiles(folder)) {
    const content = await readFile(join(folder, path));
    tar.entry({ name: `${chart.metadata.name}/${path}`, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, content);
  }
  tar.finalize();
  const content = gzipSync(await packed, { level: 9 });
  // The one byte of the gzip header that depends on where it was written.
  content.writeUInt8(GZIP_OS_UNKNOWN, GZIP_OS_OFFSET);
  return { ...chart, content, digest: digestOf(content) };
}

/** Reads a packed chart. @throws naming the file when it is not one. */
export async function readChartArchive(path: string): Promise<ChartArchive> {
  const content = await readFile(path);
  let yaml: string | undefined;
  try {
    const files = extract();
    files.end(gunzipSync(content, { maxOutputLength: MAX_CHART_BYTES }));
    for await (const file of files) {
      if (/^[^/]+\/Chart\.yaml$/.test(file.header.name)) yaml = await text(file);
      else file.resume();
    }
  } catch (cause) {
    throw new Error(`${path} is not a packed chart; make one with 'helm package'`, { cause });
  }
  if (yaml === undefined) throw new Error(`${path} holds no Chart.yaml; make one with 'helm package'`);
  return { ...parseChart(yaml, path), content, digest: digestOf(content) };
}
