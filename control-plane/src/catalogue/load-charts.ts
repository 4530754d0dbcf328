import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type ChartArchive, packChart } from "@arcfleet/helm/chart";

const isMissing = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === "ENOENT";

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new Error(`The chart folder ${folder} cannot be read; correct the setting or make the folder`, { cause });
  }
}

/** The charts of a folder: the folder itself when it is a chart, otherwise the chart folders and .tgz files right below it. */
async function loadFolder(folder: string): Promise<ChartArchive[]> {
  const entries = await list(folder);
  if (entries.some(({ name }) => name === "Chart.yaml")) return [await packChart(folder)];
  const charts: ChartArchive[] = [];
  for (const entry of entries.toSorted((a, b) => a.name.localeCompare(b.name))) {
    const path = join(folder, entry.name);
    if (entry.isFile() && entry.name.endsWith(".tgz")) charts.push(await packChart(path));
    if (!entry.isDirectory()) continue;
    if ((await list(path)).some(({ name }) => name === "Chart.yaml")) charts.push(await packChart(path));
  }
  return charts;
}

/** The charts of all folders. A name and version stands for one content: two that differ are an error. */
export async function loadCharts(folders: readonly string[], dataFolder: string): Promise<ChartArchive[]> {
  const own = await readdir(dataFolder).then(
    () => [dataFolder],
    (error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    },
  );
  const charts = new Map<string, ChartArchive>();
  for (const folder of [...folders, ...own]) {
    for (const chart of await loadFolder(folder)) {
      const key = `${chart.metadata.name} ${chart.metadata.version}`;
      const other = charts.get(key);
      if (other !== undefined && other.digest !== chart.digest) {
        throw new Error(
          `Chart ${key} exists twice with different content, in ${other.origin} and ${chart.origin}: give one of them another version or remove it`,
        );
      }
      charts.set(key, other ?? chart);
    }
  }
  return [...charts.values()];
}
