import { connectedCluster } from "@arcfleet/contract";
import type { Hooks } from "../kinds/resource-kind.ts";
import { agentRelease } from "./agent-release.ts";
import { changesForAgents } from "./agents-changes.ts";
import { ClusterError } from "./kube-error.ts";
import { recordAlone, recordOnlyHooks } from "./record-only.ts";

/**
 * A record with agents behind it that nobody here has a kubeconfig for: it was adopted so. The record is ours to change and to delete,
 * the agents are somebody else's; and none of the libraries that talk to clusters is loaded.
 */
export const outOfReachHooks: Hooks = {
  ...(recordOnlyHooks.adopt && { adopt: recordOnlyHooks.adopt }),

  async prepare(context, wanted) {
    const record = await context.client.get(wanted.id, connectedCluster.providerApiVersion, context.signal);
    if (record === undefined) {
      throw new ClusterError(
        `The record ${wanted.id} is not there, and without \`kubeconfig\` no cluster can be attached under it. Give it, or take the ` +
          "resource out of the program.",
      );
    }
    const changed = wanted.before === undefined ? [] : changesForAgents(wanted.before, wanted.inputs);
    if (changed.length === 0) return recordAlone(wanted, record);
    throw new ClusterError(
      `${changed.join(", ")} of ${wanted.id} concerns its agents, and there is no \`kubeconfig\` to reach them: the cluster was adopted without one. Give it.`,
    );
  },

  async beforeDelete(context, id) {
    context.warn(
      `The agents of ${id} stay on their cluster, which this program has no kubeconfig for. Whoever has one removes them: ` +
        `helm uninstall ${agentRelease.name} -n ${agentRelease.namespace}`,
    );
  },
};
