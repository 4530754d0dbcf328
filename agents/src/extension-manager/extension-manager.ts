/** Keeps each ExtensionConfig's Helm release as it should be. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { extensionConfigs, extensionFinalizer } from "../custom-resources/extension-config.ts";
import {
  type AgentSetUp,
  type ClusterSettings,
  clusterToken,
  defineObjectAgent,
  type Parts,
  type ProcessSettings,
  toClusterIdentity,
  watchSource,
} from "../runtime/index.ts";
import type { HelmMeans } from "./install-extension.ts";
import { latestWins } from "./latest-wins.ts";
import { extensionStatus, reconcileExtension, removeExtension } from "./reconcile-extension.ts";

export const ExtensionManagerSettings = z.object({
  /** The helm program. */
  ARCFLEET_HELM_PROGRAM: z.string().default("helm"),
  /** A writable folder for pulled charts and helm's cache. */
  ARCFLEET_HELM_HOME: z.string().default("/tmp/helm"),
  /** How long the workloads of an extension may take to become ready. */
  ARCFLEET_HELM_TIMEOUT_SECONDS: z.coerce.number().int().min(10).max(86_400).default(300),
  /** How often installed releases are looked at, to notice what others did to them. */
  ARCFLEET_DRIFT_CHECK_SECONDS: z.coerce.number().int().min(1).max(86_400).default(60),
});
export type ExtensionManagerSettings = z.infer<typeof ExtensionManagerSettings>;

const name = "extension-manager";

/** Beside helm's own wait: pulling the chart and clearing up after an interrupted run. */
const aroundHelmMs = 600_000;

export async function extensionManager(
  settings: ClusterSettings & ProcessSettings & ExtensionManagerSettings,
  { kube, log, onRun }: AgentSetUp,
): Promise<Parts> {
  const home = settings.ARCFLEET_HELM_HOME;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const timeoutMs = settings.ARCFLEET_HELM_TIMEOUT_SECONDS * 1000;
  const { endpoint } = toClusterIdentity(settings);
  const means: HelmMeans = {
    kube,
    registry: {
      host: new URL(endpoint).host,
      token: clusterToken({ kube, requestName: `${name}-identity-request`, audience: endpoint, log }),
    },
    helm: {
      program: settings.ARCFLEET_HELM_PROGRAM,
      home,
      ...(settings.KUBECONFIG === undefined ? {} : { kubeconfig: settings.KUBECONFIG }),
    },
    caFile: await writeCa(home, settings.ARCFLEET_CA_BUNDLE),
    timeoutMs,
  };
  const latest = latestWins(watchSource(kube, extensionConfigs, { log }));
  const agent = defineObjectAgent({
    name,
    kube,
    kind: extensionConfigs,
    source: latest.source,
    finalizer: extensionFinalizer,
    log,
    onRun,
    intervalMs: settings.ARCFLEET_DRIFT_CHECK_SECONDS * 1000,
    deadlineMs: timeoutMs + aroundHelmMs,
    // Each is a helm process that mostly waits; one extension that never gets ready must not hold up the others.
    concurrency: 3,
    backoff: { firstMs: 15_000, mostMs: 600_000 },
    reconcile: (object, context) => latest.run(object, context, (inner) => reconcileExtension(object, means, inner)),
    cleanup: (object, context) => removeExtension(object, means, context),
    status: extensionStatus,
  });
  return { agents: [agent] };
}

async function writeCa(home: string, bundle: string): Promise<string | undefined> {
  if (bundle === "") return undefined;
  const file = join(home, "control-plane-ca.pem");
  await writeFile(file, bundle, { mode: 0o600 });
  return file;
}
