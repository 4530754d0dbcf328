import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import lockfile from "proper-lockfile";
import { errorCode } from "../error-code.ts";
import type { Log } from "./tool.ts";

const STALE_MS = 10_000;
const RETRY_MS = 500;
const SAY_EVERY_MS = 30_000;
const GIVE_UP_MS = 60 * 60_000;

/** Lets one process at a time change the cache; a lock whose owner died is taken over after 10 seconds. */
export async function withSetUpLock<T>(cache: string, log: Log, work: () => Promise<T>): Promise<T> {
  await mkdir(cache, { recursive: true });
  const release = await acquire(cache, log);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(cache: string, log: Log): Promise<() => Promise<void>> {
  const startedMs = performance.now();
  let saidMs = -Infinity;
  for (;;) {
    try {
      return await lockfile.lock(cache, { lockfilePath: join(cache, "set-up.lock"), stale: STALE_MS });
    } catch (error) {
      if (errorCode(error) !== "ELOCKED") throw error;
    }
    const nowMs = performance.now();
    if (nowMs - startedMs > GIVE_UP_MS) {
      throw new Error(`another set-up has held ${join(cache, "set-up.lock")} for an hour; stop it and try again`);
    }
    if (nowMs - saidMs > SAY_EVERY_MS) {
      log("another set-up is running; waiting for it");
      saidMs = nowMs;
    }
    await delay(RETRY_MS);
  }
}
