import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { Application, LogLevel, type TypeDocOptions } from "typedoc";
import type { PluginOptions } from "typedoc-plugin-markdown";
import { repositoryRoot } from "../setup/repository.ts";

/** The second plugin brings no types of its options. */
type Options = Partial<TypeDocOptions & PluginOptions> & { placeInternalsInOwningModule: boolean };

const options: Options = {
  name: "@arcfleet/sdk",
  entryPoints: ["sdk/src/index.ts", "sdk/src/testing/index.ts"].map((path) => join(repositoryRoot, path)),
  tsconfig: join(import.meta.dirname, "typedoc.tsconfig.json"),
  // The second one adds the types that a public one is put together from.
  plugin: ["typedoc-plugin-markdown", "typedoc-plugin-missing-exports"],
  placeInternalsInOwningModule: true,
  readme: "none",
  // Its own idea of where pages go is the folder with all our documentation, which it would empty.
  cleanOutputDir: false,
  // `tsc` checks the types; here they are only read.
  skipErrorChecking: true,
  // Lines and commits would make pages differ when nothing in them changed.
  disableSources: true,
  disableGit: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeExternals: true,
  externalPattern: ["**/node_modules/**", "**/contract/**", "**/provider/src/**"],
  sort: ["source-order"],
  logLevel: LogLevel.Warn,
  // Markdown: one page for each class and interface, arguments as tables.
  outputFileStrategy: "members",
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "list",
  classPropertiesFormat: "table",
};

let made: Promise<ReadonlyMap<string, string>> | undefined;

/**
 * The reference of the SDK from its doc comments: Markdown by path, relative to the folder of the reference. Made once in a process,
 * because the second plugin cannot be loaded again, and it takes long.
 */
export function sdkReference(): Promise<ReadonlyMap<string, string>> {
  made ??= makeReference();
  return made;
}

async function makeReference(): Promise<ReadonlyMap<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-reference-"));
  try {
    const app = await Application.bootstrapWithPlugins(options);
    const project = await app.convert();
    if (project === undefined) throw new Error("TypeDoc could not read sdk/src; its messages are above");
    await app.outputs.writeOutput({ name: "markdown", path: folder }, project);
    if (app.logger.hasErrors()) throw new Error("TypeDoc could not write the reference; its messages are above");
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const pages = paths
      .sort()
      .map(
        async (path): Promise<[string, string]> => [
          path.slice(folder.length + 1).replaceAll(sep, "/"),
          await readFile(path, "utf8"),
        ],
      );
    return new Map(await Promise.all(pages));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
