import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { clusterCgroups, createCgroup, membershipFiles, processesIn } from "./cgroups.ts";
import { shellQuote } from "./node-script.ts";

/** True for the first process of a pid namespace directly below this one, from the text of its /proc/PID/status. */
export function isNamespaceInit(status: string): boolean {
  return /^NSpid:\s+\d+\s+1$/m.test(status);
}

/** The pid (as this machine counts) of a cluster's first process; undefined when it does not run. */
export function nodePid(mark: string, cluster: string): number | undefined {
  return processesIn(clusterCgroups(mark, cluster).components).find((pid) => {
    const file = `/proc/${pid}/status`;
    return existsSync(file) && isNamespaceInit(readStatus(file));
  });
}

function readStatus(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it ended between the two looks
  }
}

/** Arguments for nsenter that bring a program into the node's network and mounts. */
export function enterNode(pid: number, command: readonly string[]): string[] {
  return ["--target", String(pid), "--net", "--mount", "--", ...command];
}

/** Starts a node's script as pid 1 of new namespaces; it goes on without us. Returns its pid as this machine counts. */
export async function startNode(options: {
  mark: string;
  cluster: string;
  script: string;
  signal: AbortSignal;
}): Promise<number> {
  const { mark, cluster, script, signal } = options;
  const groups = clusterCgroups(mark, cluster);
  createCgroup(groups.pods);
  createCgroup(groups.components);
  // The shell joins the cgroup before anything else happens: from then on a crash of ours leaves nothing unfindable.
  const join = membershipFiles(groups.components).map((file) => `echo $$ >${shellQuote(file)} || exit 70`);
  const namespaces = "--net --mount --pid --uts --ipc --fork --kill-child --mount-proc --propagation private";
  const child = spawn(
    "/bin/sh",
    ["-c", `${join.join("\n")}\nexec unshare ${namespaces} -- /bin/sh ${shellQuote(script)}`],
    {
      detached: true,
      stdio: ["ignore", "ignore", "pipe"],
      // No variable of ours (credentials, proxies) reaches a cluster.
      env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", GOGC: "60" },
    },
  );
  let complaint = "";
  let ended = false;
  child.stderr.on("data", (chunk) => {
    complaint += String(chunk);
  });
  child.on("exit", () => {
    ended = true;
  });
  await once(child, "spawn");
  const deadline = Date.now() + 10_000;
  try {
    while (Date.now() < deadline && !ended) {
      signal.throwIfAborted();
      const pid = nodePid(mark, cluster);
      if (pid !== undefined) return pid;
      await sleep(10);
    }
  } finally {
    child.stderr.destroy();
    child.unref();
  }
  throw new Error(
    `the namespaces of cluster ${cluster} could not be made: ${complaint.trim() || "no process appeared in 10 s"}`,
  );
}
