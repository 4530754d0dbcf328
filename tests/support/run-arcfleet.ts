import { spawn } from "node:child_process";
import { join } from "node:path";
import { repositoryRoot } from "./source-files.ts";

export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

export interface RunningCommand {
  readonly result: Promise<CommandResult>;
  kill(signal: NodeJS.Signals): void;
  /** Everything that it wrote up to now. */
  output(): string;
}

/** Starts the `arcfleet` command with these arguments. */
export function startArcfleet(...args: readonly string[]): RunningCommand {
  const bin = join(repositoryRoot, "cli", "bin", "arcfleet.mjs");
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"], env: {} });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const result = new Promise<CommandResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
  return { result, kill: (signal) => void child.kill(signal), output: () => output };
}

/** Runs it to its end. */
export const runArcfleet = (...args: readonly string[]): Promise<CommandResult> => startArcfleet(...args).result;

/** Runs it, and throws with what it wrote unless it succeeds. */
export async function arcfleet(...args: readonly string[]): Promise<string> {
  const { code, output } = await runArcfleet(...args);
  if (code !== 0) throw new Error(`arcfleet ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}
