import type { Logger } from "pino";
import { z } from "zod";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { mergeClusterMetadata } from "../runtime/cluster-metadata.ts";
import { type Agent, type AgentDefinition, defineAgent } from "../runtime/define-agent.ts";
import { nodes } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { watchSource } from "../runtime/kube/watch-source.ts";
import { done } from "../runtime/outcome.ts";
import { oneItem } from "../runtime/source.ts";
import { gatherFacts, type Observed } from "./gather-facts.ts";

const Version = z.looseObject({ gitVersion: z.string() });
const intervalMs = 300_000;

/** Keeps the facts in `clustermetadata` true: at once, when a node changes, and every five minutes. */
export function clusterMetadataAgent(given: {
  kube: KubeClient;
  log: Logger;
  cluster: Pick<Observed, "agentVersion" | "distribution" | "infrastructure">;
  onRun?: AgentDefinition<unknown>["onRun"];
  clock?: Clock;
}): Agent {
  const { kube, log, cluster, onRun, clock = systemClock } = given;
  const knownNodes = watchSource(kube, nodes, {
    log,
    // A node's own heartbeat changes its object every few minutes; only these fields are of interest.
    version: ({ metadata, spec, status }) =>
      JSON.stringify([metadata.labels, metadata.annotations, spec?.providerID, status?.capacity?.cpu]),
  });
  return defineAgent<string>({
    name: "cluster-metadata",
    source: oneItem("clustermetadata", [knownNodes]),
    log,
    clock,
    intervalMs,
    backoff: { firstMs: 500, mostMs: 60_000 },
    ...(onRun === undefined ? {} : { onRun }),
    reconcile: async (_, { signal }) => {
      const { gitVersion } = await kube.read("/version", Version, { signal });
      const facts = gatherFacts({ ...cluster, gitVersion, nodes: knownNodes.all() });
      const observedTime = new Date(clock.now()).toISOString();
      await mergeClusterMetadata(kube, { ...facts, observedTime }, signal);
      return done();
    },
  });
}
