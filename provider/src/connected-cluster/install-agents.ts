import { type ArmResource, HelmSettings, helmSettingsApiVersion, helmSettingsPath } from "@arcfleet/contract";
import { HelmError, installRelease, pullChart } from "@arcfleet/helm";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { explainAgents } from "./agent-health.ts";
import { agentRelease } from "./agent-release.ts";
import { mergeValues, nestValues } from "./agent-values.ts";
import type { AgentsInput } from "./agents-input.ts";
import { withHelm } from "./helm-target.ts";
import { ClusterError } from "./kube-error.ts";
import type { OpenCluster } from "./open-cluster.ts";

const pullTimeoutMs = 120_000;

/** Brings the agents' release on a cluster to the chart and values that the control plane prescribes for the record. */
export async function installAgents(
  context: LifecycleContext,
  cluster: OpenCluster,
  record: ArmResource,
  agents: AgentsInput,
  timeoutMs: number,
): Promise<void> {
  const settings = await helmSettings(context, record, agents.releaseTrain ?? "stable");
  await withHelm(context.settings, cluster.chosen, async (target, caFile) => {
    context.say(`fetching the agent chart ${settings.chart.version}`);
    const chart = await pullChart(target, settings.chart, {
      caFile,
      timeoutMs: pullTimeoutMs,
      signal: context.signal,
    });
    context.say(`installing the agents ${settings.chart.version} on ${cluster.kube.server}`);
    await installRelease(target, agentRelease, {
      chart,
      values: mergeValues(nestValues(settings.helmValuesContent), agents.values ?? {}),
      createNamespace: true,
      // Until they are ready is waited for where it can be told what they are waiting for: wait-connected.ts.
      wait: false,
      timeoutMs,
      signal: context.signal,
    }).catch(async (error: unknown) => {
      if (!(error instanceof HelmError)) throw error;
      const pods = await explainAgents(cluster.kube);
      throw new ClusterError(
        `The agents could not be installed. ${error.message}${pods === "" ? "" : `\n${pods}`}`,
        error,
      );
    });
  });
}

async function helmSettings(context: LifecycleContext, record: ArmResource, train: string): Promise<HelmSettings> {
  const query = new URLSearchParams({ "api-version": helmSettingsApiVersion, releaseTrain: train });
  const answer = await context.client.send({
    method: "POST",
    url: `${helmSettingsPath}?${query}`,
    body: record,
    signal: context.signal,
  });
  return HelmSettings.parse(answer.body);
}
