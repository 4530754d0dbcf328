import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of this checkout. */
export const repositoryRoot = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** The folder of a pinned Go module. */
export const goModuleFolder = (folder: string) => join(repositoryRoot, "tools", "go", folder);
