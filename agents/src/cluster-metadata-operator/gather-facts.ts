import { detectKubernetes, type NodeFacts } from "@arcfleet/contract";
import type { ClusterMetadataStatus } from "../runtime/cluster-metadata.ts";

export interface Observed {
  /** `gitVersion` of the API server. */
  readonly gitVersion: string;
  readonly nodes: readonly (NodeFacts & {
    readonly status?: { readonly capacity?: Readonly<Record<string, string>> | undefined } | undefined;
  })[];
  readonly agentVersion: string;
  /** Given when the cluster was attached; they win over what is detected. */
  readonly distribution: string;
  readonly infrastructure: string;
}

/** What is told about the cluster. */
export function gatherFacts(observed: Observed): Partial<ClusterMetadataStatus> {
  const detected = detectKubernetes(observed.nodes);
  return {
    kubernetesVersion: observed.gitVersion.replace(/^v/, ""),
    totalNodeCount: observed.nodes.length,
    totalCoreCount: Math.round(
      observed.nodes.reduce((sum, node) => sum + parseCores(node.status?.capacity?.cpu ?? "0"), 0),
    ),
    agentVersion: observed.agentVersion,
    distribution: observed.distribution || detected.distribution,
    infrastructure: observed.infrastructure || detected.infrastructure,
  };
}

/** A CPU quantity, `2` or `1930m`, in cores. */
export function parseCores(quantity: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  if (digits === undefined) throw new Error(`'${quantity}' is not a CPU quantity such as 2 or 1930m`);
  return Number(digits) / (unit === "m" ? 1000 : 1);
}
