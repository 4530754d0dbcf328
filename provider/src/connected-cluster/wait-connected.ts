import { setTimeout as sleep } from "node:timers/promises";
import { AgentError, type ArmResource, connectedCluster } from "@arcfleet/contract";
import { z } from "zod";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { type AgentsHealth, agentsHealth, explainAgents } from "./agent-health.ts";
import { ClusterError } from "./kube-error.ts";
import type { OpenCluster } from "./open-cluster.ts";

const intervalMs = 400;

const unanswered = (): AgentsHealth => ({ areReady: false, summary: "the cluster does not answer at the moment" });

const AgentProfile = z.object({ agentErrors: z.array(AgentError).nullish() }).nullish();

/**
 * Waits until every agent runs and the control plane has heard from them. Helm could wait for the first half, but looks every two
 * seconds only; and what users wait for is the second. The messages of a failure are the agents' own.
 */
export async function waitUntilConnected(
  context: LifecycleContext,
  cluster: OpenCluster,
  id: string,
  deadline: number,
): Promise<ArmResource> {
  while (true) {
    const [record, agents] = await Promise.all([
      context.client.get(id, connectedCluster.providerApiVersion, context.signal),
      agentsHealth(cluster.kube).catch(unanswered),
    ]);
    if (record === undefined) throw new ClusterError(`${id} was removed by someone else while it was being attached`);
    const status = String(record.properties.connectivityStatus);
    if (status === "Connected" && agents.areReady) return record;

    const errors = (AgentProfile.parse(record.properties.arcAgentProfile)?.agentErrors ?? []).map(
      ({ component, message }) => `${component}: ${message}`,
    );
    if (Date.now() + intervalMs > deadline) {
      const why = [...errors, await explainAgents(cluster.kube)].filter((line) => line !== "").join("\n");
      throw new ClusterError(
        `The agents are installed, but did not get ready in time: connectivityStatus is ${status}, ${agents.summary}. ` +
          `Check that pods of the cluster can reach ${context.client.endpoint}; \`kubectl logs -n azure-arc deploy/clusteridentityoperator\` ` +
          `shows the first step.${why === "" ? "" : `\n${why}`}`,
      );
    }
    context.say([`${status}: ${agents.summary}`, ...errors].join("; "));
    await sleep(intervalMs, undefined, { signal: context.signal });
  }
}
