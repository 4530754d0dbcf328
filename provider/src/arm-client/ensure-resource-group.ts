import type { ArmClient } from "./arm-client.ts";

const apiVersion = "2024-11-01";
const made = new WeakMap<ArmClient, Map<string, Promise<void>>>();

/**
 * Makes the resource group of an id, once per process however many resources ask for it. Called when a PUT found it missing: a
 * group that is there costs no request, and the right to read groups is not needed.
 */
export function ensureResourceGroup(client: ArmClient, groupId: string, location: string): Promise<void> {
  const groups = made.get(client) ?? new Map<string, Promise<void>>();
  made.set(client, groups);
  const key = groupId.toLowerCase();
  const running = groups.get(key) ?? client.put(groupId, apiVersion, { location }).then(() => undefined);
  groups.set(key, running);
  // A failure is not kept: the next one may be allowed, or find the control plane running again.
  running.catch(() => groups.delete(key));
  return running;
}
