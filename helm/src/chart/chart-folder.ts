import { readdir, readFile } from "node:fs/promises";
import { join, matchesGlob } from "node:path";
import { ChartError } from "./chart-metadata.ts";

/** One file of a chart; `path` is below the chart's own folder, with `/` between its parts. */
export interface ChartFile {
  readonly path: string;
  readonly content: Buffer;
}

/** The chart's files without what `.helmignore` leaves out. */
export async function readChartFolder(folder: string): Promise<ChartFile[]> {
  const paths = await listFiles(folder);
  return Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(folder, path)) })));
}

async function readIgnored(folder: string): Promise<string[]> {
  const entries = await readdir(folder);
  if (!entries.includes(".helmignore")) return [];
  return (await readFile(join(folder, ".helmignore"), "utf8"))
    .split("\n")
    .map((line) => line.trim().replace(/^\//, "").replace(/\/$/, ""))
    .filter((line) => line !== "" && !line.startsWith("#"));
}

async function listFiles(folder: string): Promise<string[]> {
  const ignored = await readIgnored(folder);
  const isIgnored = (path: string): boolean => {
    const segments = path.split("/");
    return ignored.some((pattern) => matchesGlob(path, pattern) || segments.some((each) => matchesGlob(each, pattern)));
  };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = entries
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name).slice(join(folder, "/").length) }))
    .filter(({ path }) => path !== ".helmignore" && !isIgnored(path));
  const link = kept.find(({ entry }) => entry.isSymbolicLink());
  if (link !== undefined) {
    throw new ChartError(
      `${join(folder, link.path)} is a symbolic link, which a packed chart cannot hold: put the file itself there, or name it in .helmignore`,
    );
  }
  return kept.filter(({ entry }) => entry.isFile()).map(({ path }) => path);
}
