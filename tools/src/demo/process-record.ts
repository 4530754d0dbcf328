import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { z } from "zod";
import { errorCode } from "../error-code.ts";

/** A process that outlives the command that started it. The start time tells it from a later one with the same number. */
export const ProcessRecord = z.object({ pid: z.int().positive(), startedAt: z.string() });
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** When a process started, in whatever form the system tells it; undefined when there is no such process. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  if (process.platform === "linux") {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
    // The second field is the program's name in brackets and may hold anything, so the rest is counted from its end.
    const [state, ...fields] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
    return state === "Z" ? undefined : fields[18];
  }
  const { stdout, failed } = await execa("ps", ["-o", "lstart=", "-p", String(pid)], { reject: false });
  return failed ? undefined : stdout.trim() || undefined;
}

export async function recordOf(pid: number): Promise<ProcessRecord> {
  const startedAt = await startTimeOf(pid);
  if (startedAt === undefined) throw new Error(`process ${pid} ended right after its start`);
  return { pid, startedAt };
}

/** Whether exactly this process still runs. */
export const isRunning = async ({ pid, startedAt }: ProcessRecord): Promise<boolean> =>
  (await startTimeOf(pid)) === startedAt;

/** Asks the process to end, and forces it when it does not. One that is gone, or another one by now, is left alone. */
export async function stopProcess(record: ProcessRecord, graceMs: number): Promise<void> {
  for (const [signal, waitMs] of [
    ["SIGTERM", graceMs],
    ["SIGKILL", 5_000],
  ] as const) {
    if (!(await isRunning(record))) return;
    try {
      process.kill(record.pid, signal);
    } catch (error) {
      if (errorCode(error) !== "ESRCH") throw error;
    }
    const deadline = Date.now() + waitMs;
    while (Date.now() < deadline) {
      if (!(await isRunning(record))) return;
      await delay(50);
    }
  }
  throw new Error(`process ${record.pid} does not end, not even when killed`);
}
