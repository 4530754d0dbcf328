/** Turns the Flux configurations that the control plane wants into FluxConfigs, and reports what becomes of them. */
import { agentNames } from "@arcfleet/contract";
import { z } from "zod";
import { fluxConfigFinalizer, fluxConfigs } from "../custom-resources/flux-config.ts";
import { desiredItems } from "../mirror/desired-items.ts";
import { forgetDelivered } from "../mirror/forget-delivered.ts";
import { mirrorItem } from "../mirror/mirror-item.ts";
import { pairedSource } from "../mirror/paired-source.ts";
import { reportOutbox } from "../mirror/report-outbox.ts";
import { versionWithStatus } from "../mirror/version-with-status.ts";
import {
  type AgentSetUp,
  clusterToken,
  configMaps,
  createControlPlaneClient,
  defineAgent,
  jitter,
  type Parts,
  readClusterIdentity,
  systemClock,
  watchSource,
} from "../runtime/index.ts";
import { fluxConfigSpec, protectedParametersSecret } from "./flux-config-spec.ts";
import { fluxConfigurationDeletedReport, fluxConfigurationReport } from "./flux-configuration-report.ts";
import { identityRequestName } from "./identity-request-name.ts";
import { protectedParameters } from "./protected-parameters.ts";
import { startOverWhenMoved } from "./start-over-when-moved.ts";

const name = "fluxconfig-agent";

export const FluxConfigAgentSettings = z.object({
  /** The extension's name: the agent speaks as the extension, not as the cluster. */
  ARCFLEET_EXTENSION_NAME: z.string().min(1),
});
export type FluxConfigAgentSettings = z.infer<typeof FluxConfigAgentSettings>;

/** Beside the hints that config-agent passes on. */
const pollMs = 60_000;

export async function fluxConfigAgent(
  settings: FluxConfigAgentSettings,
  { kube, log, onRun }: AgentSetUp,
): Promise<Parts> {
  const cluster = await readClusterIdentity(kube);
  const { clusterId, endpoint, ca, agentVersion } = cluster;
  const token = clusterToken({
    kube,
    requestName: identityRequestName,
    audience: endpoint,
    resourceId: settings.ARCFLEET_EXTENSION_NAME,
    log,
  });
  const client = createControlPlaneClient({ endpoint, ca, clusterId, token, userAgent: `${name}/${agentVersion}` });

  const desired = desiredItems({ client, kind: "fluxConfiguration", log });
  const objects = watchSource(kube, fluxConfigs, { log, version: versionWithStatus });
  const hints = watchSource(kube, configMaps, {
    log,
    namespace: agentNames.namespace,
    fieldSelector: `metadata.name=${agentNames.desiredStateConfigMap}`,
  });
  const outbox = reportOutbox({ client, log, onDelivered: forgetDelivered(desired) });

  const agent = defineAgent({
    name,
    source: pairedSource(desired, objects),
    log,
    onRun,
    concurrency: 8,
    reconcile: mirrorItem({
      agent: name,
      kube,
      kind: fluxConfigs,
      finalizer: fluxConfigFinalizer,
      outbox,
      namespaceOf: (item) => item.spec.namespace,
      specOf: fluxConfigSpec,
      secretOf: (item) => ({
        name: protectedParametersSecret(item.name),
        data: protectedParameters(item.spec),
      }),
      reportOf: fluxConfigurationReport,
      deletedReport: fluxConfigurationDeletedReport,
    }),
  });

  const onHint = (key: string): void => {
    const generation = z.coerce.number().int().safeParse(hints.get(key)?.data?.generation);
    desired.refresh(generation.data);
  };
  const poll = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await systemClock.sleep(jitter(systemClock, pollMs, 0.3), signal).catch(() => undefined);
      desired.refresh();
    }
  };
  return {
    agents: [agent],
    background: [
      (signal) => hints.run(onHint, signal),
      poll,
      (signal) => outbox.run(signal),
      startOverWhenMoved(kube, cluster, log),
    ],
  };
}
