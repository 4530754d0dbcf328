import { type AgentError, agentNames } from "@arcfleet/contract";
import { explainPods } from "@arcfleet/helm/explain-pods";
import type { Logger } from "pino";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { mergeClusterMetadata } from "../runtime/cluster-metadata.ts";
import { type Agent, type AgentDefinition, defineAgent } from "../runtime/define-agent.ts";
import { deployments, pods } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { watchSource } from "../runtime/kube/watch-source.ts";
import { again, done } from "../runtime/outcome.ts";
import { oneItem } from "../runtime/source.ts";
import { findFaults } from "./find-faults.ts";

const selection = { namespace: agentNames.namespace, labelSelector: "app.kubernetes.io/name=azure-arc-k8s" };

/** Watches the agents' Deployments and pods and writes what is wrong with them, and why, into `clustermetadata`. */
export function agentHealthAgent(given: {
  kube: KubeClient;
  log: Logger;
  /** The Deployments that the chart installs. */
  expected: readonly string[];
  onRun?: AgentDefinition<unknown>["onRun"];
  clock?: Clock;
}): Agent {
  const { kube, log, expected, onRun, clock = systemClock } = given;
  const knownDeployments = watchSource(kube, deployments, {
    ...selection,
    log,
    version: ({ metadata, status }) => JSON.stringify([metadata.generation, status?.availableReplicas]),
  });
  const knownPods = watchSource(kube, pods, { ...selection, log, version: (pod) => explainPods([pod]).join() });
  let known: AgentError[] = [];

  return defineAgent<string>({
    name: "agent-health",
    source: oneItem("agents", [knownDeployments, knownPods]),
    log,
    clock,
    backoff: { firstMs: 500, mostMs: 60_000 },
    ...(onRun === undefined ? {} : { onRun }),
    reconcile: async (_, { signal }) => {
      const faults = findFaults({
        expected,
        deployments: knownDeployments.all(),
        pods: knownPods.all(),
        nowMs: clock.now(),
      });
      const errors = faults.errors.map((error) => keepTime(known, error));
      await mergeClusterMetadata(kube, { agentErrors: errors }, signal);
      known = errors;
      if (faults.lookAgainAfterMs === undefined) return done();
      return again(faults.lookAgainAfterMs + 1000, "an agent is not available yet");
    },
  });
}

/** A fault that goes on keeps the time at which it was first seen. */
const keepTime = (known: readonly AgentError[], error: AgentError): AgentError =>
  known.find(({ component, message }) => component === error.component && message === error.message) ?? error;
