import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode } from "../error-code.ts";

/** Set in the environment of everything a test run starts, however deep; its value names the run. */
export const runVariable = "ARCFLEET_TEST_RUN";

/** Stops a process group: first asked, then forced. Nothing happens when it is gone already. */
export async function endProcessGroup(groupId: number, graceMs: number): Promise<void> {
  if (!signalGroup(groupId, "SIGTERM")) return;
  const deadline = Date.now() + graceMs;
  while (Date.now() < deadline) {
    if (!signalGroup(groupId, 0)) return;
    await delay(50);
  }
  signalGroup(groupId, "SIGKILL");
}

function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-groupId, signal);
  } catch (error) {
    if (errorCode(error) === "ESRCH") return false;
    throw error;
  }
}

/**
 * Kills what a run left behind although its parent is gone: programs that made themselves a group of their own, such as
 * the Pulumi engine's plugins. They are recognised by the run's own variable in their environment, so nothing of anybody
 * else is ever touched. Linux only; elsewhere the process group has to do.
 * @returns the command lines of what was killed
 */
export async function endMarkedProcesses(run: string, variable = runVariable): Promise<string[]> {
  const marker = `${variable}=${run}`;
  const entries = await readdir("/proc").catch(() => []);
  const ended: string[] = [];
  for (const pid of entries.filter((entry) => /^\d+$/.test(entry)).map(Number)) {
    if (pid === process.pid) continue;
    // Gone meanwhile, or another user's: neither is ours.
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    if (!environment.split("\0").includes(marker)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    try {
      process.kill(pid, "SIGKILL");
      ended.push(`${pid} ${command.replaceAll("\0", " ").trim()}`);
    } catch (error) {
      if (errorCode(error) !== "ESRCH") throw error;
    }
  }
  return ended;
}
