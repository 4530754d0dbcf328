import type {
  DesiredFluxConfiguration,
  FluxConfigurationReport,
  FluxObjectStatus,
  ReportState,
} from "@arcfleet/contract";
import type { FluxConfig, FluxConfigStatus, ManagedStatus } from "../custom-resources/flux-config.ts";

const reportStateOf: Readonly<Record<FluxConfigStatus["provisioningState"], ReportState>> = {
  Creating: "InProgress",
  Updating: "InProgress",
  Deleting: "InProgress",
  Succeeded: "Succeeded",
  Failed: "Failed",
};

/** What the control plane is told of a configuration that is to exist. */
export function fluxConfigurationReport(item: DesiredFluxConfiguration, object: FluxConfig): FluxConfigurationReport {
  const { status } = object;
  const base = {
    kind: "fluxConfiguration" as const,
    name: item.name,
    generation: item.generation,
    observedAt: new Date().toISOString(),
  };
  const isCurrent =
    status !== undefined &&
    status.observedGeneration === object.metadata.generation &&
    status.desiredGeneration === item.generation;
  if (!isCurrent) return { ...base, state: "InProgress", complianceState: "Pending" };
  const state = reportStateOf[status.provisioningState];
  return {
    ...base,
    state,
    complianceState: status.complianceState,
    statuses: status.managedStatuses.map(objectStatus),
    ...(status.lastSyncedCommit === undefined ? {} : { sourceSyncedCommitId: status.lastSyncedCommit }),
    ...(status.lastSourceSyncedTime === undefined ? {} : { sourceUpdatedAt: status.lastSourceSyncedTime }),
    ...(status.repositoryPublicKey === undefined ? {} : { repositoryPublicKey: status.repositoryPublicKey }),
    ...(status.message === undefined ? {} : { errorMessage: status.message }),
    ...(state === "Failed" ? { error: errorOf(item, status) } : {}),
  };
}

const errorOf = (item: DesiredFluxConfiguration, { message }: FluxConfigStatus) => {
  const cause = message ?? "it was not reconciled within the wait asked for; see its statuses";
  return {
    code: "ResourceOperationFailure",
    message: `The Flux configuration ${item.name} could not be brought about: ${cause}`,
    target: item.id,
    details: [{ code: "FluxConfigurationFailed", message: cause, target: item.name }],
  };
};

const objectStatus = (managed: ManagedStatus): FluxObjectStatus => ({
  name: managed.name,
  namespace: managed.namespace,
  kind: managed.kind,
  complianceState: managed.complianceState,
  ...(managed.appliedBy === undefined ? {} : { appliedBy: managed.appliedBy }),
  statusConditions: managed.conditions.map(({ observedGeneration: _, ...condition }) => condition),
  ...(managed.helmReleaseProperties === undefined ? {} : { helmReleaseProperties: managed.helmReleaseProperties }),
});

export const fluxConfigurationDeletedReport = (item: DesiredFluxConfiguration): FluxConfigurationReport => ({
  kind: "fluxConfiguration",
  name: item.name,
  generation: item.generation,
  state: "Deleted",
  complianceState: "Unknown",
  observedAt: new Date().toISOString(),
});
