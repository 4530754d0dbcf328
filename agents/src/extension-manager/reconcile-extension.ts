import { HelmError, uninstallRelease } from "@arcfleet/helm";
import {
  type ExtensionConfig,
  type ExtensionConfigStatus,
  extensionConfigs,
} from "../custom-resources/extension-config.ts";
import { removeIfOurs } from "../namespaces/owned-namespace.ts";
import { again, done, type Failed, type Outcome, type RunContext, refOf, stalled } from "../runtime/index.ts";
import { failureKind, failureReason } from "./helm-failure.ts";
import { type HelmMeans, installExtension, releaseOf } from "./install-extension.ts";
import { explainRelease } from "./release-pods.ts";
import { deployedRevision } from "./release-record.ts";

/** What the status will say. */
export type Progress = Pick<
  ExtensionConfigStatus,
  "status" | "message" | "reason" | "currentVersion" | "releaseRevision"
>;

const outageRetryMs = 5_000;

/** Brings the release to the chart, version and settings of the object, unless it is there already. */
export async function reconcileExtension(
  object: ExtensionConfig,
  means: HelmMeans,
  context: RunContext,
): Promise<Outcome<Progress>> {
  const { kube } = means;
  const { spec, status } = object;
  const { signal, log } = context;
  const isSettled = status?.status === "Installed" && status.observedGeneration === object.metadata.generation;
  if (isSettled) {
    const revision = await deployedRevision(kube, releaseOf(object), signal);
    if (revision !== undefined && revision === status.releaseRevision) return done();
    log.warn({ expected: status.releaseRevision, found: revision }, "the release was changed by others; restoring it");
  }
  await begin(object, means, signal);
  try {
    const releaseRevision = await installExtension(object, means, context);
    const message = `Release ${object.metadata.name} of ${spec.chart.url} ${spec.version} is installed.`;
    return done({ status: "Installed", message, currentVersion: spec.version, releaseRevision });
  } catch (error) {
    signal.throwIfAborted();
    const message = await describe(error, object, means, signal);
    switch (failureKind(error)) {
      case "wait":
        return again(outageRetryMs, message, { status: "Pending", message });
      case "change":
        return stalled(failureReason(error), message, { status: "Failed", message, reason: failureReason(error) });
      case "retry":
        throw new ExtensionFailure(failureReason(error), message, { cause: error });
    }
  }
}

/** A failed installation that is worth another try later. */
export class ExtensionFailure extends Error {
  override readonly name = "ExtensionFailure";
  readonly reason: string;

  constructor(reason: string, message: string, options: { cause: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** Says at once that work has begun, unless this very thing failed before: a retry does not hide the failure. */
async function begin(object: ExtensionConfig, { kube }: HelmMeans, signal: AbortSignal): Promise<void> {
  const { spec, status, metadata } = object;
  if (status?.observedGeneration === metadata.generation && status?.status !== "Installed") return;
  const message = `Installing ${spec.extensionType} ${spec.version}.`;
  await kube.patchStatus(extensionConfigs, refOf(object), statusOf(object, { status: "Pending", message }), { signal });
}

/** Helm's own words, and what the pods say: the cause of most failures is there. */
async function describe(error: unknown, object: ExtensionConfig, means: HelmMeans, signal: AbortSignal) {
  const { message } = error instanceof Error ? error : new Error(String(error));
  const limit = error instanceof HelmError && error.isTimeout ? [`not ready within ${means.timeoutMs / 1000} s`] : [];
  const pods = await explainRelease(means.kube, releaseOf(object), signal).catch(() => []);
  return [message, ...limit, ...pods].join("\n");
}

/** Removes the release and, when nothing else is in it, the namespace that was made for it. */
export async function removeExtension(
  object: ExtensionConfig,
  { kube, helm, timeoutMs }: HelmMeans,
  { signal, log }: RunContext,
): Promise<Outcome<Progress>> {
  const release = releaseOf(object);
  if (object.status?.status !== "Deleting") {
    const status = statusOf(object, { status: "Deleting", message: "Uninstalling the release." });
    await kube.patchStatus(extensionConfigs, refOf(object), status, { signal });
  }
  log.info("uninstalling");
  await uninstallRelease(helm, release, { timeoutMs, signal });
  await removeIfOurs(kube, release.namespace, { log, signal });
  return done();
}

/** The status that an outcome means; undefined when there is nothing new to say. */
export function extensionStatus(
  object: ExtensionConfig,
  outcome: Outcome<Progress> | Failed,
): Record<string, unknown> | undefined {
  if (outcome.kind !== "failed") return outcome.result && statusOf(object, outcome.result);
  const { error } = outcome;
  if (object.metadata.deletionTimestamp !== undefined) {
    return statusOf(object, { status: "Deleting", message: `The release cannot be removed yet: ${error.message}` });
  }
  const reason = error instanceof ExtensionFailure ? error.reason : "ExtensionOperationFailed";
  return statusOf(object, { status: "Failed", message: error.message, reason });
}

function statusOf({ metadata, spec, status }: ExtensionConfig, progress: Progress): Record<string, unknown> {
  const isSame =
    status?.status === progress.status &&
    status.message === progress.message &&
    status.observedGeneration === metadata.generation;
  return {
    status: progress.status,
    message: progress.message,
    // Null takes a reason of earlier away.
    reason: progress.reason ?? null,
    observedGeneration: metadata.generation ?? 0,
    desiredGeneration: spec.desiredGeneration,
    ...(progress.currentVersion === undefined ? {} : { currentVersion: progress.currentVersion }),
    ...(progress.releaseRevision === undefined ? {} : { releaseRevision: progress.releaseRevision }),
    lastTransitionTime: isSame ? status.lastTransitionTime : new Date().toISOString(),
  };
}
