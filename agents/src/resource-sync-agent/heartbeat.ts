import type { Heartbeat } from "@arcfleet/contract";
import type { ClusterMetadataStatus } from "../runtime/cluster-metadata.ts";

/** The heartbeat that a status means; undefined while the facts are not there yet. */
export function toHeartbeat(status: ClusterMetadataStatus | undefined): Heartbeat | undefined {
  if (status === undefined) return undefined;
  const { agentVersion, kubernetesVersion, totalNodeCount, totalCoreCount } = status;
  if (
    agentVersion === undefined ||
    kubernetesVersion === undefined ||
    totalNodeCount === undefined ||
    totalCoreCount === undefined
  ) {
    return undefined;
  }
  return {
    agentVersion,
    kubernetesVersion,
    totalNodeCount,
    totalCoreCount,
    distribution: status.distribution,
    infrastructure: status.infrastructure,
    managedIdentityCertificateExpirationTime: status.managedIdentityCertificateExpirationTime,
    agentErrors: status.agentErrors ?? [],
  };
}
