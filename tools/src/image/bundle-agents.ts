import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { englishOnly } from "./english-only.ts";

export interface AgentBundle {
  /** The agent's name: the folder in agents/src that holds its main.ts. */
  readonly name: string;
  readonly code: Uint8Array;
}

/** Some libraries are CommonJS inside and ask for Node's own modules this way. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * One file per agent with only the code that it needs: what is not loaded costs no memory, and an agent's main cost is memory
 * (docs/decisions/0031).
 */
export async function bundleAgents(agentsFolder: string): Promise<AgentBundle[]> {
  const source = join(agentsFolder, "src");
  const folders = (await readdir(source, { withFileTypes: true, recursive: true }))
    .filter((entry) => entry.isFile() && entry.name === "main.ts")
    .map(({ parentPath }) => parentPath)
    .sort();
  return Promise.all(
    folders.map(async (folder) => {
      const { outputFiles } = await build({
        entryPoints: [join(folder, "main.ts")],
        bundle: true,
        write: false,
        platform: "node",
        target: "node24",
        format: "esm",
        // Libraries that ship both forms are shaken better as ES modules.
        mainFields: ["module", "main"],
        conditions: ["module"],
        minifySyntax: true,
        minifyWhitespace: true,
        legalComments: "eof",
        banner: { js: banner },
        plugins: [englishOnly],
        logLevel: "silent",
        // Paths in the output must not depend on where the repository lies, or the image would never be cached.
        absWorkingDir: agentsFolder,
      });
      const [bundle] = outputFiles;
      if (bundle === undefined) throw new Error(`esbuild made nothing of ${folder}/main.ts`);
      return { name: folder.slice(source.length + 1), code: bundle.contents };
    }),
  );
}
