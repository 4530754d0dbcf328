import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Connection } from "@arcfleet/contract";

const READY_TIMEOUT_MS = 60_000;
export const bin = resolve(import.meta.dirname, "../../bin/arcfleet.mjs");

/** `arcfleet serve` as a process. */
export interface Served {
  readonly child: ChildProcess;
  readonly connection: Connection;
  /** Everything that it wrote. */
  output(): string;
  /** Sends a signal and answers with exit code and signal. */
  end(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }>;
}

/** Starts it and waits for its ready line. */
export async function serve(dataDir: string, args: readonly string[] = []): Promise<Served> {
  const child = spawn(process.execPath, [bin, "serve", "--data", dataDir, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {},
  });
  let output = "";
  const ready = new Promise<void>((resolveReady, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready in time:\n${output}`)), READY_TIMEOUT_MS);
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
      if (!output.includes("arcfleet is ready")) return;
      clearTimeout(timer);
      resolveReady();
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`arcfleet serve ended with ${code}:\n${output}`));
    });
  });
  await ready;
  return {
    child,
    connection: Connection.parse(JSON.parse(await readFile(join(dataDir, "connection.json"), "utf8"))),
    output: () => output,
    async end(signal) {
      const exited = once(child, "exit");
      child.kill(signal);
      const [code, by] = await exited;
      return { code, signal: by };
    },
  };
}
