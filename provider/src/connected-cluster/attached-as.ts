import { type ArmResource, resourceKey } from "@arcfleet/contract";
import { agentRelease } from "./agent-release.ts";
import { findOnboardingKey } from "./agents-namespace.ts";
import { findAgentReleases, readAttachedId } from "./installed-agents.ts";
import { ClusterError } from "./kube-error.ts";
import type { OpenCluster } from "./open-cluster.ts";

/**
 * Refuses a cluster that is not the one behind a record: by the id that its agents were installed with, by the key that they hold,
 * and by a Helm release that can be kept up to date. Changes nothing.
 */
export async function requireAttachedAs({ kube }: OpenCluster, id: string, record: ArmResource): Promise<void> {
  const [attachedId, key, releases] = await Promise.all([
    readAttachedId(kube),
    findOnboardingKey(kube),
    findAgentReleases(kube),
  ]);
  if (attachedId === undefined) {
    throw new ClusterError(`${kube.server} has no agents, so it is not the cluster behind ${id}. ${whatToGive}`);
  }
  if (resourceKey(attachedId) !== resourceKey(id)) {
    throw new ClusterError(`${kube.server} is attached as ${attachedId}, not as ${id}. ${whatToGive}`);
  }
  if (key !== undefined && !isSameKey(key.publicKey, record.properties.agentPublicKeyCertificate)) {
    throw new ClusterError(
      `The agents on ${kube.server} hold another key than the record ${id}: the record was attached from another cluster since. ${whatToGive}`,
    );
  }
  if (!releases.some(({ namespace }) => namespace === agentRelease.namespace)) {
    throw new ClusterError(
      `The agents on ${kube.server} are no Helm release ${agentRelease.name} in the namespace ${agentRelease.namespace}, so they cannot be kept up ` +
        "to date from here. Adopt the cluster without `kubeconfig`, or attach it anew.",
    );
  }
}

const whatToGive = "Give the kubeconfig of that cluster, or none to adopt its record alone.";

/** Keys may differ in line breaks and padding. */
const isSameKey = (one: string, other: unknown): boolean =>
  typeof other === "string" && Buffer.from(one, "base64").equals(Buffer.from(other, "base64"));
