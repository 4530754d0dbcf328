import type { Log } from "./tool.ts";

const REPORT_EVERY_MS = 15_000;

/** Says that a long step began, every 15 seconds that it still runs, and how long it took. */
export async function withProgress<T>(log: Log, step: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const elapsed = () => formatElapsed(performance.now() - startedMs);
  log(`${step} …`);
  const timer = setInterval(() => log(`${step} … ${elapsed()}`), REPORT_EVERY_MS);
  try {
    const result = await work();
    log(`${step}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** `8 s`, `2 min 5 s`. */
export function formatElapsed(elapsedMs: number): string {
  const seconds = Math.round(elapsedMs / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
