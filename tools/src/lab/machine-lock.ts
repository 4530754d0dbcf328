import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";

const WAIT_MS = 10 * 60_000;
const ErrnoError = z.object({ code: z.string() });

export interface MachineLock {
  readonly name: string;
  /** Called once when someone else holds it. */
  readonly onWait: () => void;
  readonly signal?: AbortSignal;
}

/**
 * Lets one process of this machine at a time do something. The lock is a name in Linux's abstract socket space: the
 * kernel gives it back when its holder ends, however it ends, so there is no stale lock after a kill -9 and nothing to
 * clean up. Elsewhere (a Mac with kind) there is no such space; kind itself refuses to make the same cluster twice.
 */
export async function withMachineLock<T>(lock: MachineLock, work: () => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return work();
  const server = await hold(lock);
  try {
    return await work();
  } finally {
    server.close();
  }
}

async function hold({ name, onWait, signal }: MachineLock) {
  const deadline = Date.now() + WAIT_MS;
  for (let attempt = 0; Date.now() < deadline; attempt++) {
    const server = createServer((socket) => socket.destroy());
    try {
      server.listen({ path: `\0arcfleet-${name}` });
      await once(server, "listening");
      return server;
    } catch (error) {
      if (ErrnoError.safeParse(error).data?.code !== "EADDRINUSE") throw error;
      if (attempt === 0) onWait();
      await sleep(200, undefined, { signal });
    }
  }
  throw new Error(`another lab command has been running for ${WAIT_MS / 60_000} minutes; stop it, then try again`);
}
