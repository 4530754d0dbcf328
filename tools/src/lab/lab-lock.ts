import type { Log } from "./cluster.ts";
import type { LabPaths } from "./lab-paths.ts";
import { withMachineLock } from "./machine-lock.ts";

/** For changes to one lab. Held for the whole command. */
export function withLabLock<T>(lab: LabPaths, log: Log, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const onWait = () => log(`lab ${lab.name}: waiting for another lab command to end`);
  return withMachineLock({ name: `lab-${lab.mark}`, onWait, signal }, work);
}

/**
 * For what all labs share, whatever their state folder: address ranges and the switch for IP forwarding. Held only for
 * moments, and always inside a lab's own lock.
 */
export function withSharedLock<T>(work: () => Promise<T>): Promise<T> {
  return withMachineLock({ name: "labs-shared", onWait: () => undefined }, work);
}
