import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { ensureTools } from "../setup/index.ts";
import { repositoryRoot } from "../setup/repository.ts";

const VALUES_SUFFIX = ".values.yaml";
const RENDER_TIMEOUT_MS = 60_000;
/** Fixed, so that the render does not depend on which helm makes it. */
const KUBERNETES_VERSION = "1.34.2";

/**
 * What the charts become with given values, so that a review shows what a change does to a cluster: each
 * `golden/NAME.values.yaml` in a chart folder has its render beside it, `golden/NAME.yaml`.
 */
export async function chartRenders(): Promise<{ path: string; render: () => Promise<string> }[]> {
  const folders = ["agent-chart", "control-plane-chart", ...(await childFolders("extensions"))];
  const renders = await Promise.all(
    folders.map(async (chart) => {
      const files = await readdir(join(repositoryRoot, chart, "golden")).catch(() => []);
      return files
        .filter((file) => file.endsWith(VALUES_SUFFIX))
        .map((file) => {
          const values = join(chart, "golden", file);
          const path = join(dirname(values), `${file.slice(0, -VALUES_SUFFIX.length)}.yaml`);
          return { path, render: () => renderChart(chart, values) };
        });
    }),
  );
  return renders.flat();
}

async function renderChart(chart: string, values: string): Promise<string> {
  const { helm } = await ensureTools(["helm"], () => undefined);
  const { stdout } = await execa(
    helm,
    ["template", "golden", chart, "--namespace", "golden", "--values", values, "--kube-version", KUBERNETES_VERSION],
    { cwd: repositoryRoot, timeout: RENDER_TIMEOUT_MS },
  );
  return `${stdout}\n`;
}

async function childFolders(folder: string): Promise<string[]> {
  const entries = await readdir(join(repositoryRoot, folder), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .sort();
}
