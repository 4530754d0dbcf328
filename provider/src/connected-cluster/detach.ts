import { agentNames, resourceKey } from "@arcfleet/contract";
import { uninstallRelease } from "@arcfleet/helm";
import type { Properties } from "../inputs/plain.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { agentRelease } from "./agent-release.ts";
import { deleteNamespace, waitUntilNamespaceGone } from "./agents-namespace.ts";
import { withHelm } from "./helm-target.ts";
import { findAgentReleases, readAttachedId } from "./installed-agents.ts";
import { ClusterError } from "./kube-error.ts";
import { type OpenCluster, openCluster } from "./open-cluster.ts";
import { releaseStuckCrds } from "./stuck-crds.ts";

const uninstallTimeoutMs = 600_000;

/** The cluster whose agents are to go; undefined when it has none of ours, or when it was given up. */
export async function findClusterToDetach(
  context: LifecycleContext,
  id: string,
  before: Properties,
): Promise<OpenCluster | undefined> {
  if (before.kubeconfig === undefined) return undefined;
  try {
    const cluster = await openCluster(before, context.signal);
    if (typeof before.clusterUid === "string" && before.clusterUid !== cluster.uid) {
      throw new ClusterError(
        `the kubeconfig in the state now leads to another cluster (UID ${cluster.uid} instead of ${before.clusterUid}), whose agents are left alone`,
      );
    }
    const attachedId = await readAttachedId(cluster.kube);
    if (attachedId !== undefined && resourceKey(attachedId) !== resourceKey(id)) {
      context.say(`the agents on ${cluster.kube.server} belong to ${attachedId} and stay`);
      return undefined;
    }
    return cluster;
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    if (context.settings.forceDetach) {
      context.say(`the agents stay where they are: ${error.message}`);
      return undefined;
    }
    throw new ClusterError(
      `The agents of ${id} cannot be removed, so nothing was deleted: ${error.message}\n` +
        "If the cluster is gone for good, set ARCFLEET_FORCE_DETACH=1 to remove the record alone.",
      error,
    );
  }
}

/** Removes the agents with everything that came with them. What is missing already is fine. */
export async function removeAgents(context: LifecycleContext, { kube, chosen }: OpenCluster): Promise<void> {
  const releases = await findAgentReleases(kube);
  if (releases.some(({ namespace }) => namespace === agentRelease.namespace)) {
    context.say(`removing the agents from ${kube.server}`);
    await withHelm(context.settings, chosen, (target) =>
      uninstallRelease(target, agentRelease, { timeoutMs: uninstallTimeoutMs, signal: context.signal }),
    );
  }
  // The chart's release removes its namespace, but a run that stopped before the release existed leaves one with a key.
  await releaseStuckCrds(kube);
  await deleteNamespace(kube, agentNames.namespace, context.signal);
  await deleteNamespace(kube, agentRelease.namespace, context.signal);
  await waitUntilNamespaceGone(kube, agentNames.namespace, context.signal);
}
