/** From an ExtensionConfig to a running Helm release, in steps that can be repeated at any point. */
import { type ChartReference, HelmError, type HelmTarget, installRelease, pullChart } from "@arcfleet/helm";
import { z } from "zod";
import { protectedSettingsField } from "../config-agent/extension-config-spec.ts";
import { type ExtensionConfig, extensionConfigs } from "../custom-resources/extension-config.ts";
import { type KubeClient, type RunContext, readSecret, refOf, secrets, type TokenSource } from "../runtime/index.ts";
import { helmValues } from "./helm-values.ts";
import { explainRelease } from "./release-pods.ts";

export interface HelmMeans {
  readonly kube: KubeClient;
  readonly helm: HelmTarget;
  /** The control plane, which is the registry as well, and the cluster's own token for it. */
  readonly registry: { readonly host: string; readonly token: TokenSource };
  /** The control plane's CA; absent when a public one vouches for it. */
  readonly caFile?: string | undefined;
  readonly timeoutMs: number;
}

export const releaseOf = ({ metadata }: ExtensionConfig) => ({
  name: metadata.name,
  namespace: metadata.namespace ?? "",
});

const pullTimeoutMs = 120_000;
const progressEveryMs = 10_000;

/** @returns the revision that is now deployed */
export async function installExtension(
  object: ExtensionConfig,
  means: HelmMeans,
  { signal, log }: RunContext,
): Promise<number> {
  const { kube, helm } = means;
  const { spec } = object;
  const values = helmValues(spec.parameter, await protectedSettings(object, kube, signal));
  const chart = await pullAsCluster(spec.chart, means, signal);

  const stopTelling = tellProgress(object, kube, { signal, log });
  try {
    log.info({ chart: spec.chart.url, version: spec.chart.version }, "installing");
    const release = await installRelease(helm, releaseOf(object), {
      chart,
      values,
      timeoutMs: means.timeoutMs,
      signal,
    });
    return release.revision;
  } finally {
    await stopTelling();
  }
}

/** Charts that a team registered are for clusters that have an extension of them: so the cluster says who it is. */
async function pullAsCluster(
  chart: ChartReference,
  { helm, registry, caFile }: HelmMeans,
  signal: AbortSignal,
): Promise<string> {
  const accessToken = await registry.token.get(signal);
  try {
    return await pullChart(helm, chart, {
      caFile,
      token: { host: registry.host, accessToken },
      timeoutMs: pullTimeoutMs,
      signal,
    });
  } catch (error) {
    // The next try brings another token.
    if (error instanceof HelmError && /\b401\b|unauthorized/i.test(error.message)) registry.token.refused(accessToken);
    throw error;
  }
}

async function protectedSettings(
  { spec, metadata }: ExtensionConfig,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const name = spec.protectedParametersSecretRef?.name;
  if (name === undefined) return {};
  const text = readSecret(
    await kube.get(secrets, { name, namespace: metadata.namespace }, { signal }),
    protectedSettingsField,
  );
  if (text === undefined) {
    throw new Error(
      `secret ${metadata.namespace}/${name} with the protected settings is missing; config-agent writes it`,
    );
  }
  return z.record(z.string(), z.string()).parse(JSON.parse(text));
}

/** While helm waits, the object's status says what for. */
function tellProgress(
  object: ExtensionConfig,
  kube: KubeClient,
  { signal, log }: Pick<RunContext, "signal" | "log">,
): () => Promise<void> {
  let last = "";
  let running: Promise<void> | undefined;
  const tell = async (): Promise<void> => {
    const reasons = (await explainRelease(kube, releaseOf(object), signal)).join("\n");
    // A failed extension that is tried again stays failed until it is not.
    if (reasons === last || reasons === "" || object.status?.status === "Failed") return;
    last = reasons;
    await kube.patchStatus(extensionConfigs, refOf(object), { message: `Waiting for: ${reasons}` }, { signal });
  };
  const timer = setInterval(() => {
    running ??= tell()
      .catch((error: unknown) => log.debug({ err: error }, "the progress cannot be told"))
      .finally(() => {
        running = undefined;
      });
  }, progressEveryMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
