import { chmod, copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Connection } from "@arcfleet/contract";
import { startGitServer } from "../git-server/index.ts";
import type { Log } from "../lab/index.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { type DemoState, demoPaths, writeDemoState } from "./demo-state.ts";
import { freePort } from "./free-port.ts";
import { isRunning, stopProcess } from "./process-record.ts";
import { sampleFiles } from "./sample-repository.ts";
import { startDetached } from "./start-detached.ts";

const readyTimeoutMs = 60_000;
const stopGraceMs = 15_000;

/** Makes sure that the demo's control plane runs, under the origin it always had, and that the connection file is there. */
export async function ensureControlPlane(state: DemoState, address: string, log: Log): Promise<void> {
  const { controlPlane } = state.processes;
  if (controlPlane !== undefined && (await isRunning(controlPlane))) {
    log(`control plane: runs already (process ${controlPlane.pid})`);
    return;
  }
  state.controlPlanePort ??= await freePort(address);
  await Promise.all([demoPaths.logs, demoPaths.data].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  const connectionFile = join(demoPaths.data, "connection.json");
  await rm(connectionFile, { force: true });
  const record = await startDetached({
    title: "the control plane",
    args: [
      join(repositoryRoot, "cli", "bin", "arcfleet.mjs"),
      ...["serve", "--data", demoPaths.data, "--host", address, "--port", String(state.controlPlanePort)],
    ],
    logFile: join(demoPaths.logs, "control-plane.log"),
    cwd: repositoryRoot,
    timeoutMs: readyTimeoutMs,
    isReady: () =>
      readFile(connectionFile, "utf8")
        .then((text) => Connection.safeParse(JSON.parse(text)).success)
        .catch(() => false),
    async onStarted(started) {
      state.processes.controlPlane = started;
      await writeDemoState(state);
    },
  });
  await copyFile(connectionFile, demoPaths.connection);
  await chmod(demoPaths.connection, 0o600);
  log(`control plane: https://${address}:${state.controlPlanePort} (process ${record.pid})`);
}

/** Makes sure that the demo's Git server runs and has the sample in it. */
export async function ensureGitServer(state: DemoState, address: string, image: string, log: Log): Promise<string> {
  state.gitPort ??= await freePort(address);
  const url = `http://${address}:${state.gitPort}/fleet.git`;
  const { gitServer } = state.processes;
  if (gitServer !== undefined && (await isRunning(gitServer))) {
    log(`Git server: runs already (process ${gitServer.pid})`);
    return url;
  }
  await mkdir(demoPaths.logs, { recursive: true, mode: 0o700 });
  await commitSampleOnce(image);
  const record = await startDetached({
    title: "the Git server",
    args: [join(import.meta.dirname, "git-server-main.ts"), address, String(state.gitPort), demoPaths.repository],
    logFile: join(demoPaths.logs, "git-server.log"),
    cwd: repositoryRoot,
    timeoutMs: readyTimeoutMs,
    isReady: () =>
      fetch(`${url}/info/refs?service=git-upload-pack`)
        .then(({ ok }) => ok)
        .catch(() => false),
    async onStarted(started) {
      state.processes.gitServer = started;
      await writeDemoState(state);
    },
  });
  log(`Git server: ${url} (process ${record.pid})`);
  return url;
}

/** The sample is the user's once it is there: it is never written over. */
async function commitSampleOnce(image: string): Promise<void> {
  const readme = await readFile(join(demoPaths.repository, "work", "README.md")).catch(() => undefined);
  if (readme !== undefined) return;
  const server = await startGitServer({ dir: demoPaths.repository });
  try {
    await server.commit(sampleFiles(image), "Sample: a namespace, a greeting and what serves it");
  } finally {
    await server.close();
  }
}

/** Stops what goes on after the commands. */
export async function stopServices(state: DemoState, log: Log): Promise<void> {
  const { controlPlane, gitServer } = state.processes;
  if (gitServer !== undefined) await stopProcess(gitServer, stopGraceMs);
  if (controlPlane !== undefined) await stopProcess(controlPlane, stopGraceMs);
  if (gitServer ?? controlPlane) log("control plane and Git server: stopped");
}
