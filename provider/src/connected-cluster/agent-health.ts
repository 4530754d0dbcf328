import { agentNames } from "@arcfleet/contract";
import { explainPods } from "@arcfleet/helm";
import { z } from "zod";
import { type KubeClient, listOf } from "./kube-client.ts";

const Deployment = z.object({
  metadata: z.object({ name: z.string(), generation: z.int().optional() }),
  spec: z.object({ replicas: z.int().optional() }).optional(),
  status: z
    .object({
      observedGeneration: z.int().optional(),
      updatedReplicas: z.int().optional(),
      readyReplicas: z.int().optional(),
    })
    .optional(),
});
const Deployments = listOf(Deployment);
const Pods = listOf(z.unknown());

export interface AgentsHealth {
  readonly areReady: boolean;
  /** In a few words how far the agents are: `4 of 6 agents ready, waiting for config-agent`. */
  readonly summary: string;
}

/** Whether every agent runs as the chart that was installed last has it. */
export async function agentsHealth(kube: KubeClient): Promise<AgentsHealth> {
  const found = await kube.request(`/apis/apps/v1/namespaces/${agentNames.namespace}/deployments`, Deployments);
  const all = found ?? [];
  if (all.length === 0) return { areReady: false, summary: "no agents yet" };
  const waiting = all.filter((deployment) => !isRolledOut(deployment)).map(({ metadata }) => metadata.name);
  const summary = `${all.length - waiting.length} of ${all.length} agents ready`;
  return waiting.length === 0
    ? { areReady: true, summary }
    : { areReady: false, summary: `${summary}, waiting for ${waiting.join(", ")}` };
}

/** Pods of an earlier revision do not count, however ready they are. */
function isRolledOut({ metadata, spec, status }: z.infer<typeof Deployment>): boolean {
  const wanted = spec?.replicas ?? 1;
  return (
    (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0) &&
    (status?.updatedReplicas ?? 0) >= wanted &&
    (status?.readyReplicas ?? 0) >= wanted
  );
}

/** Why pods of the agents are not ready, a line each; empty when all are, or when the cluster does not tell. */
export async function explainAgents(kube: KubeClient): Promise<string> {
  try {
    const pods = await kube.request(`/api/v1/namespaces/${agentNames.namespace}/pods`, Pods);
    return explainPods(pods ?? []).join("\n");
  } catch (error) {
    return `The agents' pods could not be asked: ${error instanceof Error ? error.message : String(error)}`;
  }
}
