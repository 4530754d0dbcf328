import { dirname, join } from "node:path";
import { openWorkspace, type Workspace } from "../pulumi/workspace.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { demoPaths } from "./demo-state.ts";
import type { ToolPaths } from "./tool-paths.ts";

export const stackName = "demo";
export const fleetFolder = join(repositoryRoot, "examples", "fleet");

/** The controllers whose images cannot be built without downloads; the sample needs neither. */
const offlineSettings = ["helm-controller.enabled", "notification-controller.enabled"];

/** How often the clusters look at the repository: short, because a person is watching. */
const syncIntervalSeconds = 10;

/** The stack of `examples/fleet` in the demo's folder, or wherever a test wants it. */
export function openFleetStack(options: {
  passphrase: string;
  tools: ToolPaths;
  connectionFile?: string;
  stateFolder?: string;
}): Promise<Workspace> {
  const { passphrase, tools, connectionFile = demoPaths.connection, stateFolder = demoPaths.pulumi } = options;
  return openWorkspace({
    projectFolder: fleetFolder,
    stateFolder,
    stack: stackName,
    passphrase,
    pulumiFolder: dirname(tools.pulumi),
    env: { ARCFLEET_CONNECTION: connectionFile, ARCFLEET_HELM: tools.helm },
  });
}

export interface FleetConfig {
  readonly kubeconfigs: readonly string[];
  readonly gitUrl: string;
  readonly gitPath: string;
  readonly isOffline: boolean;
}

export async function configureFleet(stack: Workspace, config: FleetConfig): Promise<void> {
  await stack.setConfig("fleet:gitUrl", config.gitUrl);
  await stack.setConfig("fleet:gitPath", config.gitPath);
  await stack.setConfig("fleet:gitIntervalSeconds", String(syncIntervalSeconds));
  for (const [at, path] of config.kubeconfigs.entries()) {
    await stack.setConfig(`fleet:kubeconfigs[${at}]`, path, { path: true });
  }
  // As one JSON text: the command line would make a boolean of a single "false".
  const settings = Object.fromEntries((config.isOffline ? offlineSettings : []).map((name) => [name, "false"]));
  await stack.setConfig("fleet:fluxSettings", JSON.stringify(settings));
}
