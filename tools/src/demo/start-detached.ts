import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning, type ProcessRecord, recordOf } from "./process-record.ts";

export interface DetachedProgram {
  /** What a person calls it, for errors. */
  readonly title: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** True once it does its job. */
  readonly isReady: () => Promise<boolean>;
  readonly timeoutMs: number;
  /** Called with the record as soon as the process exists, so that it can be stopped whatever happens next. */
  readonly onStarted: (record: ProcessRecord) => Promise<void>;
}

/** Starts a Node program that goes on when this command has ended, and waits until it is ready. */
export async function startDetached(program: DetachedProgram): Promise<ProcessRecord> {
  const log = openSync(program.logFile, "a");
  const child = spawn(process.execPath, program.args, {
    cwd: program.cwd,
    env: program.env ?? process.env,
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  if (child.pid === undefined) throw new Error(`${program.title} could not be started`);
  child.unref();
  const record = await recordOf(child.pid).catch(async () => failedToStart(program, "it ended at once"));
  await program.onStarted(record);

  const deadline = Date.now() + program.timeoutMs;
  for (;;) {
    if (await program.isReady()) return record;
    if (!(await isRunning(record))) return failedToStart(program, "it ended before it was ready");
    if (Date.now() > deadline) return failedToStart(program, `it was not ready after ${program.timeoutMs / 1000} s`);
    await delay(50);
  }
}

async function failedToStart({ title, logFile }: DetachedProgram, why: string): Promise<never> {
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trimEnd().split("\n").slice(-15);
  throw new Error(`${title}: ${why}. The end of ${logFile}:\n${lines.join("\n")}`);
}
