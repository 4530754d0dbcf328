import { type DetectedKubernetes, detectKubernetes } from "@arcfleet/contract";
import { z } from "zod";
import { type KubeClient, listOf } from "./kube-client.ts";
import { ClusterError } from "./kube-error.ts";

const Named = z.object({ metadata: z.object({ uid: z.string() }) });

const Nodes = listOf(
  z.object({
    metadata: z.object({
      labels: z.record(z.string(), z.string()).optional(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
    spec: z.object({ providerID: z.string().optional() }).optional(),
    status: z
      .object({
        nodeInfo: z
          .object({ kubeletVersion: z.string().optional(), operatingSystem: z.string().optional() })
          .optional(),
      })
      .optional(),
  }),
);

/** Tells clusters apart whatever their address or name is. */
export async function readClusterUid(kube: KubeClient): Promise<string> {
  const found = await kube.request("/api/v1/namespaces/kube-system", Named);
  if (found === undefined) throw new ClusterError(`${kube.server} has no namespace kube-system`);
  return found.metadata.uid;
}

/** @throws ClusterError when no node can run the agents */
export async function detectFromNodes(kube: KubeClient): Promise<DetectedKubernetes> {
  const nodes = (await kube.request("/api/v1/nodes?limit=500", Nodes)) ?? [];
  const systems = nodes.map(({ status }) => status?.nodeInfo?.operatingSystem ?? "linux");
  if (!systems.includes("linux")) {
    const has = nodes.length === 0 ? "it has no nodes" : `its nodes run ${[...new Set(systems)].join(", ")}`;
    throw new ClusterError(`${kube.server} cannot run the agents: they need a Linux node, and ${has}.`);
  }
  return detectKubernetes(nodes);
}
