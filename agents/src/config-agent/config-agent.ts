/**
 * Holds the cluster's one stream of notifications, turns the extensions that the control plane wants into ExtensionConfigs,
 * and reports what becomes of them.
 */
import { extensionConfigs, extensionFinalizer } from "../custom-resources/extension-config.ts";
import { desiredItems } from "../mirror/desired-items.ts";
import { forgetDelivered } from "../mirror/forget-delivered.ts";
import { mirrorItem } from "../mirror/mirror-item.ts";
import { pairedSource } from "../mirror/paired-source.ts";
import { reportOutbox } from "../mirror/report-outbox.ts";
import { versionWithStatus } from "../mirror/version-with-status.ts";
import {
  type AgentSetUp,
  type ClusterSettings,
  clusterToken,
  createControlPlaneClient,
  defineAgent,
  type Parts,
  toClusterIdentity,
  watchGenerations,
  watchSource,
} from "../runtime/index.ts";
import { extensionConfigSpec, protectedSettingsData, protectedSettingsSecret } from "./extension-config-spec.ts";
import { extensionDeletedReport, extensionReport } from "./extension-report.ts";
import { generationPublisher } from "./publish-generation.ts";

const name = "config-agent";

export function configAgent(settings: ClusterSettings, { kube, log, onRun }: AgentSetUp): Parts {
  const { clusterId, endpoint, ca, agentVersion } = toClusterIdentity(settings);
  const token = clusterToken({ kube, requestName: `${name}-identity-request`, audience: endpoint, log });
  const client = createControlPlaneClient({ endpoint, ca, clusterId, token, userAgent: `${name}/${agentVersion}` });

  const publisher = generationPublisher(kube, log);
  const desired = desiredItems({ client, kind: "extension", log, onGeneration: publisher.publish });
  const objects = watchSource(kube, extensionConfigs, { log, version: versionWithStatus });
  const outbox = reportOutbox({ client, log, onDelivered: forgetDelivered(desired) });

  const agent = defineAgent({
    name,
    source: pairedSource(desired, objects),
    log,
    onRun,
    reconcile: mirrorItem({
      agent: name,
      kube,
      kind: extensionConfigs,
      finalizer: extensionFinalizer,
      outbox,
      namespaceOf: (item) => item.spec.releaseNamespace,
      specOf: extensionConfigSpec,
      secretOf: (item) => ({ name: protectedSettingsSecret(item.name), data: protectedSettingsData(item) }),
      reportOf: extensionReport,
      deletedReport: extensionDeletedReport,
    }),
  });

  const onGeneration = (generation: number | undefined): void => {
    // Told before we have fetched anything ourselves: the others need not wait for us.
    if (generation !== undefined) publisher.publish(generation);
    desired.refresh(generation);
  };
  return {
    agents: [agent],
    background: [
      (signal) => watchGenerations(client, onGeneration, { signal, log }),
      (signal) => publisher.run(signal),
      (signal) => outbox.run(signal),
    ],
  };
}
