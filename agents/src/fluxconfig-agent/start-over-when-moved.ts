import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import {
  type ClusterIdentity,
  ClusterSettings,
  configMaps,
  type KubeClient,
  StartOver,
  toClusterIdentity,
  watchSource,
} from "../runtime/index.ts";

/**
 * Ends the program when the cluster gets another record, as in a region move. The agents of azure-arc are restarted by their chart
 * then; those of an extension are in a release of their own, which knows nothing of it.
 */
export function startOverWhenMoved(kube: KubeClient, known: ClusterIdentity, log: Logger) {
  const settings = watchSource(kube, configMaps, {
    log,
    namespace: agentNames.namespace,
    fieldSelector: `metadata.name=${agentNames.clusterConfigMap}`,
    version: ({ data }) => JSON.stringify(data),
  });
  return async (signal: AbortSignal): Promise<void> => {
    const stop = new AbortController();
    let next: ClusterIdentity | undefined;
    const look = (): void => {
      const found = ClusterSettings.safeParse(settings.all()[0]?.data).data;
      // While agents are removed there is none: nobody has a new one then.
      if (found === undefined) return;
      const now = toClusterIdentity(found);
      if (now.clusterId === known.clusterId && now.endpoint === known.endpoint && now.ca === known.ca) return;
      next = now;
      stop.abort();
    };
    await settings.run(look, AbortSignal.any([signal, stop.signal]));
    if (next !== undefined) throw new StartOver(`the cluster is now ${next.clusterId} at ${next.endpoint}`);
  };
}
