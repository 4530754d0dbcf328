import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "@arcfleet/contract";
import { repositoryRoot } from "../setup/repository.ts";

export interface BenchControlPlane extends AsyncDisposable {
  readonly connection: Connection;
  readonly connectionFile: string;
  /** Its one process, whose threads serve requests and write to the database. */
  readonly pid: number;
}

const readyTimeoutMs = 180_000;

/** `arcfleet serve` as users run it, in a process of its own and with its log in a file. */
export async function startBenchControlPlane(
  folder: string,
  { host = "127.0.0.1", args = [] }: { readonly host?: string; readonly args?: readonly string[] } = {},
): Promise<BenchControlPlane> {
  const dataDir = join(folder, "data");
  const connectionFile = join(dataDir, "connection.json");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  // What an earlier start wrote names another port.
  await rm(connectionFile, { force: true });
  const log = await open(join(folder, "control-plane.log"), "w");
  const child = spawn(
    process.execPath,
    [join(repositoryRoot, "cli", "bin", "arcfleet.mjs"), "serve", "--data", dataDir, "--host", host, ...args],
    { stdio: ["ignore", log.fd, log.fd] },
  );
  await log.close();
  const deadline = Date.now() + readyTimeoutMs;
  for (;;) {
    const text = await readFile(connectionFile, "utf8").catch(() => undefined);
    if (text !== undefined) {
      return {
        connection: Connection.parse(JSON.parse(text)),
        connectionFile,
        pid: child.pid ?? 0,
        async [Symbol.asyncDispose]() {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const exited = once(child, "exit");
          child.kill("SIGTERM");
          await exited;
        },
      };
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`the control plane did not start; its log is ${join(folder, "control-plane.log")}`);
    }
    await delay(50);
  }
}
