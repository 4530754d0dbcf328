import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cgroupsBelow, hierarchies, LABS_CGROUP, processesIn, removeCgroup, removeEmptyCgroup } from "./cgroups.ts";
import type { Log } from "./cluster.ts";
import { anyLabHasDevices, devicesOf, removeNetwork, rulesOf } from "./host-network.ts";
import { stopForwarding } from "./ip-forwarding.ts";
import { kindClusters, kindWorks, removeKindCluster } from "./kind-cluster.ts";
import { withLabLock, withSharedLock } from "./lab-lock.ts";
import { type LabPaths, labPaths, labsRoot, stateDigest } from "./lab-paths.ts";
import { recordedLabs } from "./lab-record.ts";

/**
 * Removes a lab and everything that was ever started for it, also what a crash or another checkout left, and then looks
 * whether really nothing remains. A lab that does not exist is fine.
 */
export async function labDown({ name, log }: { name: string; log: Log }): Promise<void> {
  const lab = labPaths(name);
  await withLabLock(lab, log, new AbortController().signal, () => removeLab(lab, log));
}

export async function labDownAll({ log }: { log: Log }): Promise<void> {
  for (const name of knownLabs(labsRoot())) await labDown({ name, log });
}

/** Labs with a folder, and labs whose folder is gone but whose processes are not. */
export function knownLabs(root: string): string[] {
  const suffix = `-${stateDigest(root)}`;
  const running = process.platform === "linux" ? cgroupsBelow(LABS_CGROUP) : [];
  const orphans = running.filter((mark) => mark.endsWith(suffix)).map((mark) => mark.slice(0, -suffix.length));
  return [...new Set([...recordedLabs(root), ...orphans])].sort();
}

/** The work of `down`; the caller holds the lab's lock. */
export async function removeLab(lab: LabPaths, log: Log): Promise<void> {
  const existed = existsSync(lab.folder);
  if (await kindWorks()) for (const name of await kindClusters(lab)) await removeKindCluster(lab, name);
  if (process.platform === "linux") await removeBareParts(lab);
  rmSync(lab.folder, { recursive: true, force: true });
  await withSharedLock(() => forgetLabs(lab.root));
  const left = await whatRemains(lab);
  if (left.length > 0)
    throw new Error(`lab ${lab.name} could not be removed completely, this is left:\n  ${left.join("\n  ")}`);
  log(existed ? `lab ${lab.name}: removed` : `lab ${lab.name}: there is none`);
}

/** What is to be done when the last lab has gone. */
async function forgetLabs(root: string): Promise<void> {
  if (recordedLabs(root).length > 0 || !existsSync(root)) return;
  if (process.platform === "linux" && !(await anyLabHasDevices())) stopForwarding(root);
  if (readdirSync(root).length === 0) rmdirSync(root);
}

async function removeBareParts(lab: LabPaths): Promise<void> {
  await removeCgroup(join(LABS_CGROUP, lab.mark));
  removeEmptyCgroup(LABS_CGROUP);
  if (process.getuid?.() === 0) await removeNetwork(lab.mark);
}

async function whatRemains(lab: LabPaths): Promise<string[]> {
  const left = existsSync(lab.folder) ? [`folder ${lab.folder}`] : [];
  if (process.platform !== "linux") return left;
  const group = join(LABS_CGROUP, lab.mark);
  const mounts = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .filter((line) => line.includes(`${lab.folder}/`));
  left.push(
    ...processesIn(group).map((pid) => `process ${pid}`),
    ...hierarchies()
      .map((one) => join(one.path, group))
      .filter(existsSync)
      .map((path) => `cgroup ${path}`),
    ...mounts.map((line) => `mount ${line.split(" ")[1]}`),
  );
  if (process.getuid?.() !== 0) return left;
  return [
    ...left,
    ...(await remainingDevices(lab)),
    ...(await rulesOf(lab.mark)).map((rule) => `firewall rule ${rule.join(" ")}`),
  ];
}

/** The kernel takes cables away a moment after the namespace at their other end. */
async function remainingDevices(lab: LabPaths): Promise<string[]> {
  for (let attempt = 0; ; attempt++) {
    const devices = await devicesOf(lab.mark);
    if (devices.length === 0 || attempt === 20) return devices.map((device) => `network device ${device}`);
    await sleep(100);
  }
}
