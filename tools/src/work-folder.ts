import { join } from "node:path";
import { repositoryRoot } from "./setup/repository.ts";

/** Where commands keep what belongs to this checkout: logs, state files, the demo's data. Ignored by Git. */
export const workFolder = join(repositoryRoot, ".arcfleet");
