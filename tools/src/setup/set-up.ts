import { corednsImage } from "../image/coredns-image.ts";
import { kustomizeControllerImage, sourceControllerImage } from "../image/flux-images.ts";
import { pauseImage } from "../image/pause-image.ts";
import { ensureTools, findTool } from "./ensure-tools.ts";
import { formatElapsed } from "./progress.ts";
import type { Log, ToolName } from "./tool.ts";

const CLIENT_TOOLS = ["helm", "kubectl", "pulumi", "git"] as const satisfies readonly ToolName[];
const BARE_LAB_TOOLS = [
  "containerd",
  "ctr",
  "runc",
  "etcd",
  "cni-plugins",
  "iptables",
  "ip",
  "conntrack",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const satisfies readonly ToolName[];

/** Makes sure that everything the lab, the demo and the tests need on this machine is there. */
export async function setUp(log: Log): Promise<void> {
  const startedMs = performance.now();
  const inDocker = await hasDockerAndKind();
  if (!inDocker && !(process.platform === "linux" && process.getuid?.() === 0)) {
    throw new Error("local clusters need either Docker and kind, or root on Linux: install Docker and kind");
  }
  await ensureTools([...CLIENT_TOOLS, ...(inDocker ? [] : BARE_LAB_TOOLS)], log);
  await sourceControllerImage(log);
  await kustomizeControllerImage(log);
  if (!inDocker) {
    await pauseImage(log);
    await corednsImage(log);
  }
  log(`ready in ${formatElapsed(performance.now() - startedMs)}`);
}

/** Whether local clusters run in Docker: its daemon answers and kind is there. */
async function hasDockerAndKind(): Promise<boolean> {
  const [docker, kind] = await Promise.all([findTool("docker"), findTool("kind")]);
  return docker !== undefined && kind !== undefined;
}
