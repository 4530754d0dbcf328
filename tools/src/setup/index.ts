export { cacheDir } from "./cache-dir.ts";
export { ensureTools, findTool } from "./ensure-tools.ts";
export { fluxCrdFolder } from "./flux-crds.ts";
export type { Log, ToolName } from "./tool.ts";
