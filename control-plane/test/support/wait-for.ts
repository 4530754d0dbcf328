import { setTimeout as sleep } from "node:timers/promises";

/** Waits until the condition holds; fails with its name and the last thing it said. The limit is for what never comes: machines are busy. */
export async function waitFor(what: string, condition: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown = false;
  while (Date.now() < deadline) {
    last = await condition().catch((error: unknown) => error);
    if (last === true) return;
    await sleep(20);
  }
  throw new Error(`${what} did not come within ${timeoutMs} ms; the last look said: ${String(last)}`);
}
