import type { AgentError } from "@arcfleet/contract";
import { explainPods } from "@arcfleet/helm/explain-pods";
import type { z } from "zod";
import type { deployments } from "../runtime/kube/kinds.ts";
import type { KubeObject } from "../runtime/kube/kube-kind.ts";

export type Deployment = z.infer<typeof deployments.schema>;

export interface Faults {
  readonly errors: AgentError[];
  /** A Deployment is not available, but not for long enough to call it a fault: when to look again. */
  readonly lookAgainAfterMs?: number;
}

/** A rollout or a restart takes this long without being a fault. */
const graceMs = 30_000;
const longestMessage = 4000;

/** What is wrong with the agents, with the pods' own reasons. */
export function findFaults(given: {
  /** The Deployments that there should be. */
  expected: readonly string[];
  deployments: readonly Deployment[];
  pods: readonly KubeObject[];
  nowMs: number;
}): Faults {
  const errors: AgentError[] = [];
  let lookAgainAfterMs: number | undefined;
  const byName = new Map(given.deployments.map((deployment) => [deployment.metadata.name, deployment]));

  for (const component of given.expected) {
    const deployment = byName.get(component);
    if (deployment === undefined) {
      const message = `the Deployment ${component} is missing; install the agent chart again`;
      errors.push({ component, severity: "Error", time: new Date(given.nowMs).toISOString(), message });
      continue;
    }
    const since = unavailableSince(deployment);
    if (since === undefined) continue;
    const remainingMs = since + graceMs - given.nowMs;
    if (remainingMs > 0) {
      lookAgainAfterMs = Math.min(lookAgainAfterMs ?? remainingMs, remainingMs);
      continue;
    }
    const reasons = explainPods(given.pods.filter((pod) => belongsTo(pod, deployment)));
    const message = reasons.length > 0 ? reasons.join("\n") : "no pod runs";
    const time = new Date(since).toISOString();
    errors.push({ component, severity: "Error", time, message: message.slice(0, longestMessage) });
  }
  return { errors, ...(lookAgainAfterMs === undefined ? {} : { lookAgainAfterMs }) };
}

/** Since when a Deployment lacks pods, in milliseconds; undefined when it does not. */
function unavailableSince({ spec, status, metadata }: Deployment): number | undefined {
  if ((status?.availableReplicas ?? 0) >= (spec.replicas ?? 1)) return undefined;
  const condition = status?.conditions?.find(({ type, status }) => type === "Available" && status === "False");
  return Date.parse(condition?.lastTransitionTime ?? metadata.creationTimestamp ?? "") || 0;
}

function belongsTo(pod: KubeObject, { spec }: Deployment): boolean {
  const labels = pod.metadata.labels ?? {};
  const wanted = Object.entries(spec.selector.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([name, value]) => labels[name] === value);
}
