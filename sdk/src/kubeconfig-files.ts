import { readFileSync } from "node:fs";
import { resolveUserPath } from "@arcfleet/provider";

/** How kubeconfig files are read. The test kit puts its own way here: a test needs no file, and must not see anyone's credentials. */
export const kubeconfigFiles = { read: (path: string): string => readFileSync(resolveUserPath(path), "utf8") };
