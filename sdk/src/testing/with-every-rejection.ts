import { setImmediate } from "node:timers/promises";

/**
 * Runs something and fails with any promise that is rejected meanwhile and that nobody handles. Pulumi makes several promises of one
 * output, so one that fails is always also rejected where nobody can look; left alone, that would end the whole test process.
 */
export async function withEveryRejection<T>(run: () => Promise<T>): Promise<T> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    // Node tells of unhandled rejections after the callbacks that are waiting now.
    const result = await run().finally(() => setImmediate());
    if (unhandled.length > 0) throw unhandled[0];
    return result;
  } finally {
    process.off("unhandledRejection", note);
  }
}
