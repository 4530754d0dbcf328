import { isPlainObject } from "../inputs/plain.ts";
import type { Hooks } from "../kinds/resource-kind.ts";
import { agentRelease } from "./agent-release.ts";
import { wantsAgents } from "./agents-input.ts";
import { prepareAttach } from "./attach.ts";
import { requireAttachedAs } from "./attached-as.ts";
import { findClusterToDetach, removeAgents } from "./detach.ts";
import { findAgentReleases } from "./installed-agents.ts";
import { ClusterError } from "./kube-error.ts";
import { withMove } from "./moving.ts";
import { openCluster } from "./open-cluster.ts";
import { recordOnlyHooks } from "./record-only.ts";

/** A record with agents behind it. */
export const connectedClusterHooks: Hooks = {
  ...recordOnlyHooks,

  async prepare(context, wanted) {
    if (wantsAgents(wanted.inputs)) return withMove(context, wanted, await prepareAttach(context, wanted));
    const cluster = wanted.before && (await findClusterToDetach(context, wanted.id, wanted.before));
    if (cluster !== undefined) await removeAgents(context, cluster);
    return (await recordOnlyHooks.prepare?.(context, wanted)) ?? {};
  },

  async adopt(context, wanted, record) {
    const found = (await recordOnlyHooks.adopt?.(context, wanted, record)) ?? {};
    if (found.differences !== undefined || !wantsAgents(wanted.inputs)) return found;
    context.say("checking the cluster");
    const cluster = await openCluster(wanted.inputs, context.signal);
    await requireAttachedAs(cluster, wanted.id, record);
    return { outputs: { clusterUid: cluster.uid } };
  },

  /** Shows agents that were removed behind our back as `agents.install: false`: that is what the next `up` changes again. */
  async observe(context, _id, before) {
    const outputs = { clusterUid: before.clusterUid };
    if (!wantsAgents(before) || before.kubeconfig === undefined) return { outputs };
    try {
      const { kube, uid } = await openCluster(before, context.signal);
      if (typeof before.clusterUid === "string" && uid !== before.clusterUid) return { outputs };
      const releases = await findAgentReleases(kube);
      if (releases.some(({ namespace }) => namespace === agentRelease.namespace)) return { outputs };
      const agents = isPlainObject(before.agents) ? before.agents : {};
      return { outputs, drift: { agents: { ...agents, install: false } } };
    } catch (error) {
      // A cluster that cannot be asked says nothing about its agents; the record tells whether they are heard of.
      if (error instanceof ClusterError) return { outputs };
      throw error;
    }
  },

  async beforeDelete(context, id, before) {
    await findClusterToDetach(context, id, before);
  },

  async afterDelete(context, id, before) {
    const cluster = await findClusterToDetach(context, id, before);
    if (cluster !== undefined) await removeAgents(context, cluster);
  },
};
