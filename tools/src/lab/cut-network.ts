import type { Cluster } from "./cluster.ts";
import { labPaths } from "./lab-paths.ts";
import { enterNode, nodePid } from "./node-process.ts";
import { runProgram } from "./run-program.ts";

const CHAIN = "ARCFLEET-CUT";

export interface Cut {
  /** Cuts only connections to this port of the machine; by default everything that is not inside the cluster. */
  readonly port?: number;
  /** `drop` (the default) looks like a dead line: calls hang. `reject` looks like a stopped server: calls fail at once. */
  readonly mode?: "drop" | "reject";
}

/** The iptables commands of a cut. Only pods' traffic out of the node is forwarded, so the API server stays reachable. */
export function cutCommands({ port, mode = "drop" }: Cut): string[][] {
  const out = port === undefined ? [] : ["-p", "tcp", "--dport", String(port)];
  const back = port === undefined ? [] : ["-p", "tcp", "--sport", String(port)];
  const drop = [
    ["-o", "eth0", ...out, "-j", "DROP"],
    ["-i", "eth0", ...back, "-j", "DROP"],
  ];
  const reset = [
    "-o",
    "eth0",
    ...(port === undefined ? ["-p", "tcp"] : out),
    "-j",
    "REJECT",
    "--reject-with",
    "tcp-reset",
  ];
  const reject = port === undefined ? [reset, ["-o", "eth0", "-j", "REJECT"]] : [reset];
  const rules = (mode === "drop" ? drop : reject).map((rule) => ["-A", CHAIN, ...rule]);
  return [["-N", CHAIN], ...rules, ["-I", "FORWARD", "1", "-j", CHAIN]];
}

async function inNode(cluster: Cluster, args: readonly string[]): Promise<string> {
  if (cluster.driver === "kind") return runProgram("docker", ["exec", `${cluster.name}-control-plane`, ...args]);
  const pid = nodePid(labPaths(cluster.lab).mark, cluster.name);
  if (pid === undefined) throw new Error(`cluster ${cluster.name} is not running; make it with "npm run lab -- up"`);
  return runProgram("nsenter", enterNode(pid, args));
}

/** Takes the network away from a cluster's pods: what is open stops at once. A second call replaces the first. */
export async function cutNetwork(cluster: Cluster, cut: Cut = {}): Promise<void> {
  await restoreNetwork(cluster);
  for (const command of cutCommands(cut)) await inNode(cluster, ["iptables", "-w", "10", ...command]);
}

/** Gives the network back. Does nothing when it was not cut. */
export async function restoreNetwork(cluster: Cluster): Promise<void> {
  const dump = await inNode(cluster, ["iptables-save", "-t", "filter"]);
  if (!dump.includes(`:${CHAIN} `)) return;
  if (dump.includes(`-A FORWARD -j ${CHAIN}`))
    await inNode(cluster, ["iptables", "-w", "10", "-D", "FORWARD", "-j", CHAIN]);
  await inNode(cluster, ["iptables", "-w", "10", "-F", CHAIN]);
  await inNode(cluster, ["iptables", "-w", "10", "-X", CHAIN]);
}
