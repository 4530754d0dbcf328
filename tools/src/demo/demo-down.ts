import { rm } from "node:fs/promises";
import { type Log, labDown, labStatus } from "../lab/index.ts";
import { isReadable } from "./demo-clusters.ts";
import { type DemoState, demoFolder, demoLab, readDemoState } from "./demo-state.ts";
import { engineProgress } from "./engine-progress.ts";
import { openFleetStack } from "./fleet-stack.ts";
import { ensureControlPlane, stopServices } from "./services.ts";
import { toolPaths } from "./tool-paths.ts";

/** Removes the demo: the fleet from its clusters, the processes, the lab, the folder. Nothing to remove is fine. */
export async function demoDown({ log, signal }: { log: Log; signal: AbortSignal }): Promise<void> {
  const state = await readDemoState();
  if (state !== undefined) {
    await destroyFleet(state, log, signal);
    await stopServices(state, log);
  }
  if (state === undefined || state.clusters.length === 0 || state.clusters.some(({ isLab }) => isLab)) {
    await labDown({ name: demoLab, log });
  }
  await rm(demoFolder, { recursive: true, force: true });
  log("demo: removed");
}

async function destroyFleet(state: DemoState, log: Log, signal: AbortSignal): Promise<void> {
  const isLab = state.clusters.every((cluster) => cluster.isLab);
  if (state.clusters.length === 0 || state.address === undefined) return;
  if (isLab && !(await isLabAlive(state))) {
    log("fleet: its clusters are gone, so there is nothing to destroy in them");
    return;
  }
  try {
    await ensureControlPlane(state, state.address, log);
    const stack = await openFleetStack({ passphrase: state.passphrase, tools: await toolPaths(() => undefined) });
    await stack.unlock();
    log("pulumi destroy of examples/fleet:");
    const result = await stack.destroy({ signal, onEvent: engineProgress(log) });
    signal.throwIfAborted();
    if (result.exitCode !== 0) throw new Error(result.diagnostics.join("\n"));
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    // Clusters of the lab are thrown away whole. Those of the user are not ours to leave half-cleaned.
    if (!isLab) throw new Error(`the fleet could not be destroyed, so nothing else was removed either: ${why}`);
    log(`pulumi destroy failed; the clusters are removed whole all the same: ${why}`);
  }
}

async function isLabAlive(state: DemoState): Promise<boolean> {
  const readable = await Promise.all(state.clusters.map(({ kubeconfig }) => isReadable(kubeconfig)));
  const status = await labStatus(demoLab);
  return readable.every(Boolean) && status.length >= state.clusters.length && status.every(({ ready }) => ready);
}
