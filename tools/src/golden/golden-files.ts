import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { apiReference } from "../api-reference/api-reference.ts";
import { fieldDocsModule } from "../api-reference/field-docs.ts";
import { openApiFile } from "../api-reference/openapi-file.ts";
import { packageSchema } from "../package-schema/package-schema.ts";
import { sdkReference } from "../sdk-reference/sdk-reference.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { apiVersionsPage } from "./api-versions-page.ts";
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

/** A folder that holds nothing but such files. */
interface GoldenFolder {
  readonly path: string;
  /** The texts, by path inside of the folder. */
  readonly render: () => Promise<ReadonlyMap<string, string>>;
}

const goldenFiles = async (): Promise<readonly GoldenFile[]> => [
  { path: "docs/api-versions.md", render: apiVersionsPage },
  { path: "docs/reference/errors.md", render: errorPage },
  { path: "docs/reference/settings.md", render: settingsPage },
  { path: "docs/decisions/README.md", render: decisionIndex },
  { path: "provider/schema.json", render: packageSchema },
  { path: "docs/examples.md", render: exampleIndex },
  { path: "docs/reference/openapi.json", render: openApiFile },
  { path: "contract/src/openapi/field-docs.ts", render: fieldDocsModule },
  ...(await chartRenders()),
];

const goldenFolders: readonly GoldenFolder[] = [
  { path: "docs/reference/sdk", render: sdkReference },
  { path: "docs/reference/api", render: apiReference },
];

/** The golden files that differ from what they are made from, are missing, or are there for nothing. */
export const staleGoldenFiles = async (): Promise<string[]> => [...(await differences()).keys()];

/** Writes the stale ones anew, removes those that nothing is made into any more, and names both. */
export async function updateGoldenFiles(): Promise<string[]> {
  const stale = await differences();
  for (const [path, text] of stale) {
    const file = join(repositoryRoot, path);
    if (text === undefined) {
      await rm(file);
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return [...stale.keys()];
}

/** What stale files should hold; undefined for those that should not be there. */
async function differences(): Promise<Map<string, string | undefined>> {
  const wanted = new Map<string, string | undefined>();
  for (const { path, render } of await goldenFiles()) wanted.set(path, await render());
  for (const { path, render } of goldenFolders) {
    for (const name of await filesBelow(path)) wanted.set(`${path}/${name}`, undefined);
    for (const [name, text] of await render()) wanted.set(`${path}/${name}`, text);
  }
  const current = await Promise.all([...wanted.keys()].map(async (path) => [path, await textOf(path)] as const));
  for (const [path, text] of current) if (text === wanted.get(path)) wanted.delete(path);
  return wanted;
}

async function filesBelow(folder: string): Promise<string[]> {
  const root = join(repositoryRoot, folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(root.length + 1)
        .replaceAll("\\", "/"),
    );
}

const textOf = (path: string): Promise<string | undefined> =>
  readFile(join(repositoryRoot, path), "utf8").catch(() => undefined);
