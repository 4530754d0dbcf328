import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "../error-code.ts";

/*
 * Every process of a lab lives below one cgroup folder: the components because the start command puts itself there
 * first, the containers because the kubelet's cgroupRoot is there. So "what belongs to this lab?" has an exact answer
 * that needs no list of pids, survives a crash of the lab command and cannot meet a recycled pid.
 */

export interface Hierarchy {
  readonly path: string;
  readonly kind: "v1" | "v2";
}

/** The cgroup file systems of this machine, from the text of /proc/self/mounts. */
export function parseHierarchies(mounts: string): Hierarchy[] {
  return mounts.split("\n").flatMap((line): Hierarchy[] => {
    const [, path, type] = line.split(" ");
    if (path === undefined || !path.startsWith("/sys/fs/cgroup")) return [];
    if (type === "cgroup") return [{ path, kind: "v1" }];
    return type === "cgroup2" ? [{ path, kind: "v2" }] : [];
  });
}

export function hierarchies(): Hierarchy[] {
  const found = parseHierarchies(readFileSync("/proc/self/mounts", "utf8"));
  if (found.length === 0) throw new Error("no cgroup file system below /sys/fs/cgroup: a kubelet cannot run here");
  return found;
}

export const LABS_CGROUP = "arcfleet-lab";

/** Below these a cluster's components and its pods are kept apart: a v2 folder with processes cannot have controllers. */
export interface ClusterCgroups {
  readonly components: string;
  readonly pods: string;
}

export function clusterCgroups(mark: string, cluster: string): ClusterCgroups {
  return { components: join(LABS_CGROUP, mark, cluster, "components"), pods: join(LABS_CGROUP, mark, cluster, "pods") };
}

/** Makes the folder in every hierarchy, ready to take processes: cpuset filled (v1), controllers handed down (v2). */
export function createCgroup(path: string, found: readonly Hierarchy[] = hierarchies()): void {
  for (const hierarchy of found) {
    let parent = hierarchy.path;
    for (const part of path.split("/")) {
      if (hierarchy.kind === "v2") handDownControllers(parent);
      const child = join(parent, part);
      mkdirSync(child, { recursive: true });
      for (const file of ["cpuset.cpus", "cpuset.mems"]) fillFromParent(parent, child, file, hierarchy.kind);
      parent = child;
    }
  }
}

function fillFromParent(parent: string, child: string, file: string, kind: Hierarchy["kind"]): void {
  if (kind !== "v1" || !existsSync(join(child, file))) return;
  if (readFileSync(join(child, file), "utf8").trim() === "")
    writeFileSync(join(child, file), readFileSync(join(parent, file)));
}

function handDownControllers(folder: string): void {
  const available = readFileSync(join(folder, "cgroup.controllers"), "utf8").split(/\s+/).filter(Boolean);
  if (available.length > 0)
    writeFileSync(join(folder, "cgroup.subtree_control"), available.map((name) => `+${name}`).join(" "));
}

/** The file a process writes its pid to in order to join, one for each hierarchy. */
export function membershipFiles(path: string, found: readonly Hierarchy[] = hierarchies()): string[] {
  return found.map((hierarchy) => join(hierarchy.path, path, "cgroup.procs"));
}

function foldersBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...children.flatMap((entry) => foldersBelow(join(folder, entry.name))), folder];
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

/** All processes in the folder and below, over all hierarchies. */
export function processesIn(path: string, found: readonly Hierarchy[] = hierarchies()): number[] {
  const folders = found.flatMap((hierarchy) => foldersBelow(join(hierarchy.path, path)));
  const pids = folders.flatMap((folder) =>
    readIfThere(join(folder, "cgroup.procs")).split("\n").filter(Boolean).map(Number),
  );
  // A process of another pid namespace shows as 0.
  return [...new Set(pids)].filter((pid) => pid > 0).sort((a, b) => a - b);
}

/** Names of the folders directly below (labs below the labs folder, clusters below a lab's). */
export function cgroupsBelow(path: string, found: readonly Hierarchy[] = hierarchies()): string[] {
  const names = found.flatMap((hierarchy) => {
    const folder = join(hierarchy.path, path);
    return existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  });
  return [...new Set(names.filter((entry) => entry.isDirectory()).map((entry) => entry.name))].sort();
}

export function memoryMbOf(path: string, found: readonly Hierarchy[] = hierarchies()): number | undefined {
  for (const { path: mount } of found) {
    const stat = readIfThere(join(mount, path, "memory.stat"));
    const anonymous = /^total_rss (\d+)$/m.exec(stat)?.[1] ?? /^anon (\d+)$/m.exec(stat)?.[1];
    if (anonymous !== undefined) return Math.round(Number(anonymous) / 1024 / 1024);
  }
  return undefined;
}

/** Kills everything in the folder and below, then removes the folders; throws what is left when the time is over. */
export async function removeCgroup(path: string, timeoutMs = 30_000): Promise<void> {
  const found = hierarchies();
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const pids = processesIn(path, found);
    for (const pid of pids) killProcess(pid);
    const stuck = pids.length > 0 ? [] : removeFolders(path, found);
    if (pids.length === 0 && stuck.length === 0) return;
    if (Date.now() > deadline) {
      throw new Error(
        `cgroup ${path} cannot be removed: processes ${pids.join(", ") || "none"}, folders ${stuck.join(", ") || "not tried"}`,
      );
    }
    await sleep(50);
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

function removeFolders(path: string, found: readonly Hierarchy[]): string[] {
  const stuck: string[] = [];
  for (const folder of found.flatMap((hierarchy) => foldersBelow(join(hierarchy.path, path)))) {
    try {
      rmdirSync(folder);
    } catch {
      // Busy for a moment after its last process ended: the caller tries again and names it when time is over.
      stuck.push(folder);
    }
  }
  return stuck;
}

/** Removes the folder that holds all labs when none is left in it. */
export function removeEmptyCgroup(path: string): void {
  if (cgroupsBelow(path).length === 0) removeFolders(path, hierarchies());
}
