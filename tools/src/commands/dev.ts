import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { withInterrupts } from "../interrupts.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { workFolder } from "../work-folder.ts";

const watched = ["contract/src", "control-plane/src", "cli/src", "agent-chart", "extensions"];

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** `npm run dev`: a control plane on the same data, port and connection file across restarts, made anew whenever its sources change. */
export async function run(args: string[]): Promise<number> {
  let exitCode = 0;
  const command = new Command("npm run dev --")
    .description("A control plane that restarts when its sources change; its data is kept in .arcfleet/dev")
    .option("--host <address>", "the address to listen on, such as the bridge of a lab", "127.0.0.1")
    .option("--port <number>", "the port to listen on", "8443")
    .action(async ({ host, port }: { host: string; port: string }) => {
      exitCode = await withInterrupts((signal) => serveAndWatch(host, port, signal));
    });
  await command.parseAsync(args, { from: "user" });
  return exitCode;
}

/** Not Node's own --watch: it sends messages of its own into worker threads, and the store's writer is one. */
async function serveAndWatch(host: string, port: string, signal: AbortSignal): Promise<number> {
  const dataDir = join(workFolder, "dev");
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const connection = join(dataDir, "connection.json");
  log(`dev: try it with: ARCFLEET_CONNECTION=${connection} pulumi up -C examples/fleet`);
  while (!signal.aborted) {
    const child = spawn(
      process.execPath,
      [
        join(repositoryRoot, "cli", "bin", "arcfleet.mjs"),
        ...["serve", "--data", dataDir, "--host", host, "--port", port],
      ],
      { cwd: repositoryRoot, stdio: ["ignore", "inherit", "inherit"], detached: true },
    );
    const exited = once(child, "exit").then(() => log("dev: the control plane ended; it starts again after a change"));
    const changed = await nextChange(signal);
    child.kill("SIGTERM");
    await exited;
    if (changed !== undefined) log(`dev: ${changed} changed`);
  }
  return 0;
}

/** Waits for a change below the watched folders, and for a moment of quiet after it. */
async function nextChange(signal: AbortSignal): Promise<string | undefined> {
  const quietMs = 200;
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (path: string | undefined): void => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      signal.removeEventListener("abort", onAbort);
      resolve(path);
    };
    const onAbort = (): void => finish(undefined);
    const watchers = watched.map((folder) =>
      watch(join(repositoryRoot, folder), { recursive: true }, (_event, file) => {
        clearTimeout(timer);
        timer = setTimeout(() => finish(join(folder, file ?? "")), quietMs);
      }),
    );
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
