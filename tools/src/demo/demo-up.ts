import { createHash, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Connection } from "@arcfleet/contract";
import { agentsImageReference } from "../image/agents-image.ts";
import type { Log } from "../lab/index.ts";
import { formatElapsed } from "../setup/progress.ts";
import { setUp } from "../setup/set-up.ts";
import { type DemoClusters, demoImages, labClusters, ownClusters } from "./demo-clusters.ts";
import { type DemoState, demoPaths, readDemoState, writeDemoState } from "./demo-state.ts";
import { engineProgress } from "./engine-progress.ts";
import { envFile, writeEnvFile } from "./env-file.ts";
import { configureFleet, openFleetStack } from "./fleet-stack.ts";
import { samplePath } from "./sample-repository.ts";
import { ensureControlPlane, ensureGitServer } from "./services.ts";
import { summaryLines } from "./summary.ts";
import { type ToolPaths, toolPaths } from "./tool-paths.ts";

export interface DemoUpOptions {
  /** The user's own clusters; none for two lab clusters. */
  readonly kubeconfigs: readonly string[];
  readonly address?: string | undefined;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Brings the demo up, or goes on where an earlier run stopped: every part that is there is kept.
 * @returns the lines that tell the user what runs now
 */
export async function demoUp({ kubeconfigs, address, signal, log }: DemoUpOptions): Promise<string[]> {
  const startedAt = performance.now();
  const isLab = kubeconfigs.length === 0;
  const state = (await readDemoState()) ?? newState();
  refuseOtherClusters(state, kubeconfigs, isLab);
  if (isLab) await setUp((line) => log(`set-up: ${line}`));
  const tools = await toolPaths(() => undefined);
  await writeDemoState(state);
  signal.throwIfAborted();

  const found = isLab ? await labClusters(log, signal) : await ownClusters(kubeconfigs, address);
  state.clusters = [...found.clusters];
  // Clusters know the control plane by its address: once chosen it stays.
  state.address ??= found.address;
  await writeDemoState(state);
  signal.throwIfAborted();

  const archives = await demoImages(found.isOffline, log);
  await ensureControlPlane(state, state.address, log);
  const gitUrl = await ensureGitServer(state, state.address, await agentsImageReference(), log);
  await loadImages(state, found, archives, log);
  signal.throwIfAborted();

  const outputs = await bringUpFleet({ state, tools, gitUrl, isOffline: found.isOffline, signal, log });
  const { endpoint } = Connection.parse(JSON.parse(await readFile(demoPaths.connection, "utf8")));
  log(`demo: up in ${formatElapsed(performance.now() - startedAt)}`);
  return summaryLines({ outputs, clusters: state.clusters, endpoint, gitUrl, envFile });
}

const newState = (): DemoState => ({
  version: 1,
  passphrase: randomBytes(18).toString("base64url"),
  clusters: [],
  loadedImages: [],
  processes: {},
});

function refuseOtherClusters(state: DemoState, kubeconfigs: readonly string[], isLab: boolean): void {
  if (state.clusters.length === 0) return;
  const isSame = isLab
    ? state.clusters.every((cluster) => cluster.isLab)
    : state.clusters.length === kubeconfigs.length && state.clusters.every((cluster) => !cluster.isLab);
  if (isSame) return;
  const names = state.clusters.map(({ name }) => name).join(", ");
  throw new Error(`the demo runs on other clusters (${names}); remove it first with: npm run demo -- down`);
}

async function loadImages(
  state: DemoState,
  { load, clusters }: DemoClusters,
  archives: readonly string[],
  log: Log,
): Promise<void> {
  const names = clusters.map(({ name }) => name).join(", ");
  if (load === undefined) {
    log(
      `images: the nodes of ${names} must have ${await agentsImageReference()}; if they do not, load this archive into ` +
        `them (docker load, ctr -n k8s.io images import, k3d image import, …): ${archives.join(" ")}`,
    );
    return;
  }
  // Archives are named after their content, a kubeconfig holds the certificates of this very cluster.
  const identities = await Promise.all(clusters.map(({ kubeconfig }) => readFile(kubeconfig, "utf8")));
  const loadOf = (archive: string): string =>
    createHash("sha256")
      .update([archive, ...identities].join("\n"))
      .digest("hex");
  const missing = archives.filter((archive) => !state.loadedImages.includes(loadOf(archive)));
  await Promise.all(missing.map((archive) => load(archive)));
  state.loadedImages = archives.map(loadOf);
  await writeDemoState(state);
  if (missing.length > 0) log(`images: ${missing.length} loaded into ${names}`);
}

async function bringUpFleet(options: {
  state: DemoState;
  tools: ToolPaths;
  gitUrl: string;
  isOffline: boolean;
  signal: AbortSignal;
  log: Log;
}): Promise<Record<string, unknown>> {
  const { state, tools, gitUrl, isOffline, signal, log } = options;
  const stack = await openFleetStack({ passphrase: state.passphrase, tools });
  await writeEnvFile(tools, stack.env);
  await configureFleet(stack, {
    kubeconfigs: state.clusters.map(({ kubeconfig }) => kubeconfig),
    gitUrl,
    gitPath: samplePath,
    isOffline,
  });
  // An engine that was killed left its lock; nobody else works on this stack.
  await stack.unlock();
  log("pulumi up of examples/fleet:");
  // With a refresh, so that what changed meanwhile is shown as it is and what was removed behind Pulumi's back is mended.
  const result = await stack.up({ args: ["--refresh"], signal, onEvent: engineProgress(log) });
  signal.throwIfAborted();
  if (result.exitCode !== 0) {
    throw new Error(
      `pulumi up failed:\n${result.diagnostics.join("\n")}\nWhat was made is kept: "npm run demo" goes on from there, "npm run demo -- down" removes it`,
    );
  }
  const changes = Object.entries(result.changes).map(([op, count]) => `${count} ${op}`);
  log(`pulumi up: ${changes.join(", ")}`);
  return stack.outputs();
}
