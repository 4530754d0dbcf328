import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { mergeClusterMetadata } from "../runtime/cluster-metadata.ts";
import type { ControlPlaneClient } from "../runtime/control-plane/control-plane-client.ts";
import { type Agent, type AgentDefinition, defineAgent } from "../runtime/define-agent.ts";
import { clusterMetadata } from "../runtime/kube/arc-kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { watchSource } from "../runtime/kube/watch-source.ts";
import { again, done } from "../runtime/outcome.ts";
import { toHeartbeat } from "./heartbeat.ts";

const intervalMs = 300_000;

/**
 * Sends `clustermetadata` to the control plane: at once, when a fact changes, and every five minutes. While the control plane
 * cannot be reached the object itself is the buffer: the newest facts go out when it is back.
 */
export function resourceSyncAgent(given: {
  kube: KubeClient;
  controlPlane: Pick<ControlPlaneClient, "heartbeat">;
  log: Logger;
  onRun?: AgentDefinition<unknown>["onRun"];
  clock?: Clock;
}): Agent {
  const { kube, controlPlane, log, onRun, clock = systemClock } = given;
  const source = watchSource(kube, clusterMetadata, {
    log,
    namespace: agentNames.namespace,
    fieldSelector: `metadata.name=${agentNames.metadataObject}`,
    version: ({ status }) => JSON.stringify(toHeartbeat(status) ?? null),
  });
  return defineAgent({
    name: "resource-sync",
    source,
    log,
    clock,
    intervalMs,
    // A control plane that comes back should soon see its clusters again, but not all in one second.
    backoff: { firstMs: 1000, mostMs: 60_000 },
    ...(onRun === undefined ? {} : { onRun }),
    reconcile: async ({ status }, { signal }) => {
      const heartbeat = toHeartbeat(status);
      if (heartbeat === undefined)
        return again(intervalMs, "waiting for cluster-metadata-operator to fill the facts in");
      await controlPlane.heartbeat(heartbeat, { signal });
      await mergeClusterMetadata(kube, { lastConnectivityTime: new Date(clock.now()).toISOString() }, signal);
      return done();
    },
  });
}
