/**
 * `clustermetadata`, the one object of its kind: several agents write different fields of its status (facts of the cluster, the
 * certificate's end, faults of agents, the last contact), resource-sync-agent sends it.
 */
import { agentNames } from "@arcfleet/contract";
import type { z } from "zod";
import { clusterMetadata } from "./kube/arc-kinds.ts";
import type { KubeClient } from "./kube/kube-client.ts";
import { isKubeError } from "./kube/kube-error.ts";
import { isIncluded } from "./kube/object-agent.ts";

export type ClusterMetadataStatus = NonNullable<z.infer<typeof clusterMetadata.schema>["status"]>;

const ref = { name: agentNames.metadataObject, namespace: agentNames.namespace };

/** Merges fields into the status, creates the object when it is not there, and writes nothing when nothing differs. */
export async function mergeClusterMetadata(
  kube: KubeClient,
  status: Partial<ClusterMetadataStatus>,
  signal: AbortSignal,
): Promise<void> {
  const found = await kube.get(clusterMetadata, ref, { signal });
  if (found !== undefined && isIncluded(status, found.status)) return;
  if (found === undefined) {
    try {
      await kube.create(clusterMetadata, { metadata: ref }, { signal });
    } catch (error) {
      // Another agent was faster.
      if (!isKubeError(error, "AlreadyExists")) throw error;
    }
  }
  await kube.patchStatus(clusterMetadata, ref, status, { signal });
}
