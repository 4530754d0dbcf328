import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ClusterAddresses, clusterAddresses, type LabAddresses, labAddresses } from "./address-plan.ts";
import { clusterCgroups, LABS_CGROUP, removeCgroup } from "./cgroups.ts";
import type { Cluster, Log } from "./cluster.ts";
import { clusterApi } from "./cluster-api.ts";
import { clusterEndpoint, writeClusterPki } from "./cluster-pki.ts";
import { componentCommands, componentNames, containerdSocket } from "./component-commands.ts";
import { coreDnsObjects } from "./core-dns.ts";
import { connectToBridge } from "./host-network.ts";
import { type ClusterPaths, clusterPaths, type LabPaths } from "./lab-paths.ts";
import type { LabTools } from "./lab-tools.ts";
import { writeNodeConfig } from "./node-config.ts";
import { enterNode, nodePid, startNode } from "./node-process.ts";
import { nodeScript } from "./node-script.ts";
import { apiServerStep, clusterSteps } from "./readiness.ts";
import { resolvConfText } from "./resolv-conf.ts";
import { runProgram } from "./run-program.ts";
import { type WaitOptions, waitForStep } from "./wait-for-step.ts";

const START_MS = 120_000;

export function bareCluster(lab: LabPaths, slot: number, index: number): Cluster {
  const name = `${lab.name}-${index}`;
  return {
    name,
    lab: lab.name,
    index,
    driver: "bare",
    kubeconfig: clusterPaths(lab, name).kubeconfig,
    endpoint: clusterEndpoint(clusterAddresses(slot, index)),
    bridgeAddress: labAddresses(slot).bridgeAddress,
  };
}

interface Start {
  readonly lab: LabPaths;
  readonly slot: number;
  readonly cluster: Cluster;
  readonly tools: LabTools;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** Makes the cluster from nothing and waits until it is ready; what an earlier one of the same name left goes first. */
export async function startBareCluster(start: Start): Promise<void> {
  const { lab, slot, cluster, tools, log, signal } = start;
  const paths = clusterPaths(lab, cluster.name);
  const addresses = clusterAddresses(slot, cluster.index);
  await removeBareCluster(lab, cluster.name);
  const script = await prepareNode(start, paths, addresses, labAddresses(slot));

  log(`${cluster.name}: starting`);
  const startedMs = Date.now();
  const pid = await startNode({ mark: lab.mark, cluster: cluster.name, script, signal });
  await connectToBridge({ mark: lab.mark, bridge: labAddresses(slot).bridge, veth: addresses.veth, pid });
  const isAlive = () => nodePid(lab.mark, cluster.name) === pid;
  const wait: WaitOptions = {
    cluster: cluster.name,
    logs: paths.logs,
    deadline: Date.now() + START_MS,
    signal,
    isAlive,
  };
  await waitForStep(containerdStep(pid, tools), wait);
  for (const archive of [tools.pause.archive, tools.coredns.archive])
    await importImage({ pid, ctr: tools.ctr, archive, signal });

  const api = clusterApi(paths.kubeconfig);
  try {
    await waitForStep(apiServerStep(api), wait);
    const objects = coreDnsObjects({ image: tools.coredns.name, dnsService: addresses.dnsService });
    await waitForStep(
      { what: "the cluster's DNS to be accepted", suspects: ["kube-apiserver"], check: () => applyAll(api, objects) },
      wait,
    );
    for (const step of clusterSteps(api, cluster.name)) await waitForStep(step, wait);
  } finally {
    api.close();
  }
  log(`${cluster.name}: ready after ${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
}

/** Writes everything the node reads. Returns the path of its script. */
async function prepareNode(
  start: Start,
  paths: ClusterPaths,
  addresses: ClusterAddresses,
  lab: LabAddresses,
): Promise<string> {
  const { tools, cluster } = start;
  for (const folder of [paths.folder, paths.logs, paths.config]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  await writeClusterPki(paths, addresses);
  writeNodeConfig({
    paths,
    addresses,
    pauseImage: tools.pause.name,
    runc: tools.runc,
    cniPlugins: tools.cniPlugins,
    podsCgroup: clusterCgroups(start.lab.mark, cluster.name).pods,
  });
  writeFileSync(join(paths.config, "resolv.conf"), resolvConfText());
  const needed = [
    ...new Set([paths.folder, tools.cniPlugins, ...componentNames.map((name) => dirname(tools.components[name]))]),
  ];
  const commands = componentCommands({ paths, addresses, binaries: tools.components });
  const script = join(paths.config, "node.sh");
  writeFileSync(script, nodeScript({ paths, lab, addresses, commands, needed }));
  return script;
}

async function applyAll(
  api: ReturnType<typeof clusterApi>,
  objects: ReturnType<typeof coreDnsObjects>,
): Promise<string | undefined> {
  for (const { path, object } of objects) {
    const answer = await api.apply(path, object);
    if (answer.status !== 200 && answer.status !== 201)
      return `${path} answered ${answer.status}: ${answer.text.slice(0, 300)}`;
  }
  return undefined;
}

const ctrArguments = (ctr: string, args: readonly string[]) => [
  ctr,
  "--address",
  containerdSocket,
  "--namespace",
  "k8s.io",
  ...args,
];

function containerdStep(pid: number, { ctr }: LabTools) {
  return {
    what: "containerd to answer",
    suspects: ["containerd"] as const,
    check: async () => {
      await runProgram("nsenter", enterNode(pid, ctrArguments(ctr, ["version"])), { timeoutMs: 5_000 });
      return undefined;
    },
  };
}

/** Loads an archive into a node. It goes through standard input: the node may not see the folder it lies in. Returns what ctr says. */
export async function importImage(options: {
  pid: number;
  ctr: string;
  archive: string;
  signal?: AbortSignal;
}): Promise<string> {
  const { pid, ctr, archive, signal } = options;
  const args = enterNode(pid, ctrArguments(ctr, ["images", "import", "--snapshotter", "overlayfs", "-"]));
  return runProgram("nsenter", args, { inputFile: archive, timeoutMs: 300_000, signal });
}

/** Ends every process of the cluster. Mounts and the network end with the namespaces. The logs stay. */
export async function stopBareCluster(lab: LabPaths, name: string): Promise<void> {
  await removeCgroup(join(LABS_CGROUP, lab.mark, name));
}

export async function removeBareCluster(lab: LabPaths, name: string): Promise<void> {
  await stopBareCluster(lab, name);
  rmSync(clusterPaths(lab, name).folder, { recursive: true, force: true });
}
