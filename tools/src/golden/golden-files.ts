import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageSchema } from "../package-schema/package-schema.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { chartRenders } from "./chart-renders.ts";
import { decisionIndex } from "./decision-index.ts";
import { errorPage } from "./error-page.ts";
import { exampleIndex } from "./example-index.ts";
import { settingsPage } from "./settings-page.ts";

/** A file that is made from something else in the repository and kept in it so that changes are seen in reviews. */
interface GoldenFile {
  readonly path: string;
  readonly render: () => string | Promise<string>;
}

const goldenFiles = async (): Promise<readonly GoldenFile[]> => [
  { path: "docs/reference/errors.md", render: errorPage },
  { path: "docs/reference/settings.md", render: settingsPage },
  { path: "docs/decisions/README.md", render: decisionIndex },
  { path: "provider/schema.json", render: packageSchema },
  { path: "docs/examples.md", render: exampleIndex },
  ...(await chartRenders()),
];

/** The golden files that differ from what they are made from. */
export async function staleGoldenFiles(): Promise<string[]> {
  const stale: string[] = [];
  for (const { path, render } of await goldenFiles()) {
    if ((await current(path)) !== (await render())) stale.push(path);
  }
  return stale;
}

/** Writes the stale ones anew and names them. */
export async function updateGoldenFiles(): Promise<string[]> {
  const updated: string[] = [];
  for (const { path, render } of await goldenFiles()) {
    const text = await render();
    if ((await current(path)) === text) continue;
    await writeFile(join(repositoryRoot, path), text);
    updated.push(path);
  }
  return updated;
}

const current = (path: string): Promise<string> => readFile(join(repositoryRoot, path), "utf8").catch(() => "");
