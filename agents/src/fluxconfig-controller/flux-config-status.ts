import type { FluxConfig, FluxConfigStatus } from "../custom-resources/flux-config.ts";
import { worst } from "./compliance.ts";
import { explain, managedStatuses, type Seen } from "./managed-statuses.ts";

/** The status of a configuration whose Flux objects were all written. */
export function fluxConfigStatus(
  config: FluxConfig,
  seen: { source: Seen; kustomizations: readonly Seen[]; children: readonly Seen[] },
  options: { now: Date; repositoryPublicKey: string | undefined },
): FluxConfigStatus {
  const { metadata, spec, status } = config;
  const statuses = managedStatuses(config, seen);
  const complianceState = worst(statuses.map((one) => one.complianceState));
  const isNew = status?.observedGeneration !== metadata.generation || status?.lastConfigUpdateTime === undefined;
  const lastConfigUpdateTime = isNew ? options.now.toISOString() : status.lastConfigUpdateTime;
  const artifact = seen.source.object?.status?.artifact;
  const message = explain(statuses);
  const provisioning = provisioningState(config, {
    complianceState,
    waitedMs: options.now.getTime() - Date.parse(lastConfigUpdateTime ?? ""),
    isNew,
  });
  return {
    observedGeneration: metadata.generation ?? 0,
    desiredGeneration: spec.desiredGeneration,
    provisioningState: provisioning,
    complianceState,
    ...(message === undefined ? {} : { message }),
    lastConfigUpdateTime,
    ...(artifact?.lastUpdateTime === undefined ? {} : { lastSourceSyncedTime: artifact.lastUpdateTime }),
    ...(artifact?.revision === undefined ? {} : { lastSyncedCommit: commitOf(artifact.revision) }),
    ...(options.repositoryPublicKey === undefined ? {} : { repositoryPublicKey: options.repositoryPublicKey }),
    managedStatuses: statuses,
  };
}

/** Provisioned is a configuration whose objects exist; or, on demand, one that was reconciled in time. */
function provisioningState(
  { spec, status }: FluxConfig,
  { complianceState, waitedMs, isNew }: { complianceState: string; waitedMs: number; isNew: boolean },
): FluxConfigStatus["provisioningState"] {
  const isSettled = complianceState === "Compliant" || complianceState === "Suspended";
  if (!spec.waitForReconciliation || isSettled) return "Succeeded";
  const last = isNew ? undefined : status?.provisioningState;
  // What was decided about this generation stays decided: an operation ends once.
  if (last === "Succeeded" || last === "Failed") return last;
  if (waitedMs >= reconciliationWaitMs(spec.reconciliationWaitDuration)) return "Failed";
  return status?.provisioningState === undefined || status.provisioningState === "Creating" ? "Creating" : "Updating";
}

const defaultWaitMs = 30 * 60_000;

/** `PT1H30M`, `P1D`: the parts of ISO 8601 durations that have a fixed length. */
export function reconciliationWaitMs(duration: string | undefined): number {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration ?? "");
  if (parts === null) return defaultWaitMs;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 || defaultWaitMs;
}

/** `main@sha1:abc` of Flux is `main/abc` in ARM; revisions without a digest stay as they are. */
export function commitOf(revision: string): string {
  const parts = /^(?<ref>.*?)@?(?<algorithm>sha\d+):(?<digest>[0-9a-f]+)$/.exec(revision);
  if (parts?.groups === undefined) return revision;
  const { ref, digest } = parts.groups;
  return ref === "" ? `${digest}` : `${ref?.replace(/^refs\/heads\//, "")}/${digest}`;
}
