import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { englishOnly } from "./english-only.ts";

/** One file of the command. Parts that are loaded when they are needed are files of their own. */
export interface CommandFile {
  readonly name: string;
  readonly code: Uint8Array;
}

/** Some libraries are CommonJS inside and ask for Node's own modules this way. */
const banner =
  'import { createRequire as arcfleetRequire } from "node:module"; const require = arcfleetRequire(import.meta.url);';

/**
 * The `arcfleet` command with everything that it needs in a few files: an image of it has no `node_modules`, starts in half the time,
 * and holds no code that is never run. `arcfleet.mjs` is where it begins.
 */
export async function bundleCommand(repository: string): Promise<CommandFile[]> {
  const { outputFiles } = await build({
    entryPoints: {
      arcfleet: join(repository, "cli/src/image-main.ts"),
      "writer-thread": join(repository, "control-plane/src/db/writer-thread.ts"),
    },
    bundle: true,
    splitting: true,
    write: false,
    outdir: "/bundle",
    outExtension: { ".js": ".mjs" },
    platform: "node",
    target: "node24",
    format: "esm",
    external: ["pg-native"],
    legalComments: "eof",
    keepNames: true,
    minifySyntax: true,
    minifyWhitespace: true,
    banner: { js: banner },
    plugins: [englishOnly, withoutExport, bundledWorker],
    logLevel: "silent",
    // Paths in the output must not depend on where the repository lies, or the image would never be cached.
    absWorkingDir: repository,
  });
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), code: contents }));
}

/** `arcfleet export` writes a program for a checkout and brings Pulumi with it: nothing for a server. */
const withoutExport: Plugin = {
  name: "without-export",
  setup({ onLoad }) {
    onLoad({ filter: /\/cli\/src\/export\/export\.ts$/ }, () => ({
      contents:
        'export const exportProgram = () => { throw new Error("This image holds the control plane alone: run arcfleet export where your Pulumi programs are"); };',
      loader: "js",
    }));
  },
};

/** The thread that writes is started by the name of its file, which is another one here. */
const bundledWorker: Plugin = {
  name: "bundled-worker",
  setup({ onLoad }) {
    onLoad({ filter: /\/control-plane\/src\/db\/writer\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source.replace(
        '"./writer-thread.ts", import.meta.url',
        '"./writer-thread.mjs", import.meta.url',
      );
      if (contents === source)
        throw new Error(`${path} does not start ./writer-thread.ts any more: see bundle-command.ts`);
      return { contents, loader: "ts" };
    });
  },
};
