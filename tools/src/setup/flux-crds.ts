import { dirname, join } from "node:path";
import { ensureTools } from "./ensure-tools.ts";
import type { Log } from "./tool.ts";

/** The folder with the custom resource definitions of a Flux controller, as its pinned module publishes them. */
export async function fluxCrdFolder(
  controller: "source-controller" | "kustomize-controller",
  log: Log,
): Promise<string> {
  const paths = await ensureTools([controller], log);
  return join(dirname(paths[controller]), "crds");
}
