import { readFile } from "node:fs/promises";

/** The kernel counts in hundredths of a second on every platform that we run on. */
const TICKS_PER_SECOND = 100;

/**
 * The processor time that processes have used so far, all their threads, in the kernel and outside.
 * @throws when one of them is gone: a figure without it would flatter
 */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(pids.map(async (pid) => readTicks(await readFile(`/proc/${pid}/stat`, "utf8"))));
  return times.reduce((sum, ticks) => sum + ticks, 0) / TICKS_PER_SECOND;
}

/** `utime` and `stime` of a line of /proc/PID/stat. The name before them may hold spaces and brackets of its own. */
export function readTicks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [utime, stime] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isFinite(utime) || !Number.isFinite(stime)) throw new Error(`this is no line of /proc/PID/stat: ${stat}`);
  return utime + stime;
}
