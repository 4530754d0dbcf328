import { isDeepStrictEqual } from "node:util";
import type { Condition } from "../custom-resources/condition.ts";
import type { FluxConfig, ManagedStatus } from "../custom-resources/flux-config.ts";
import type { FluxObject } from "../custom-resources/flux-objects.ts";
import { type Evidence, verdictOf } from "./compliance.ts";

/** A Flux object, or the place of one that is not there yet. */
export interface Seen {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly object: FluxObject | undefined;
  readonly appliedBy?: { readonly name: string; readonly namespace: string };
}

/** The flat list of what a configuration consists of: its source, its kustomizations, the Flux objects those brought along. */
export function managedStatuses(
  config: FluxConfig,
  seen: { source: Seen; kustomizations: readonly Seen[]; children: readonly Seen[] },
): ManagedStatus[] {
  const expectedRevision = seen.source.object?.status?.artifact?.revision;
  const previousOf = ({ kind, name, namespace }: Seen): Evidence => ({
    previous: config.status?.managedStatuses.find(
      (status) => status.kind === kind && status.name === name && status.namespace === namespace,
    ),
  });
  return [
    managedStatus(seen.source, previousOf(seen.source)),
    ...seen.kustomizations.map((one) => managedStatus(one, { ...previousOf(one), expectedRevision })),
    ...seen.children.map((one) => managedStatus(one, previousOf(one))),
  ];
}

function managedStatus({ kind, name, namespace, object, appliedBy }: Seen, evidence: Evidence): ManagedStatus {
  const { state, message, isHeld } = verdictOf(object, evidence);
  const conditions = (isHeld ? evidence.previous?.conditions : object?.status?.conditions) ?? [];
  return {
    kind,
    name,
    namespace,
    complianceState: state,
    ...(message === undefined ? {} : { message }),
    conditions: conditions.map((condition) => steady(condition, evidence.previous?.conditions ?? [])),
    ...(appliedBy === undefined ? {} : { appliedBy }),
    ...(kind === "HelmRelease" && object !== undefined ? { helmReleaseProperties: helmReleaseProperties(object) } : {}),
  };
}

/**
 * A condition that says what it said before is no news, though Flux looked again and took a millisecond longer: the earlier
 * one stays.
 */
function steady(condition: Condition, previous: readonly Condition[]): Condition {
  const message = condition.message?.replace(/^(Health check passed) in .*$/, "$1");
  const now = { ...condition, ...(message === undefined ? {} : { message }) };
  const before = previous.find(({ type }) => type === now.type);
  if (before?.lastTransitionTime === undefined) return now;
  return isDeepStrictEqual({ ...now, lastTransitionTime: before.lastTransitionTime }, before) ? before : now;
}

function helmReleaseProperties({ status }: FluxObject): Record<string, unknown> {
  const [newest] = status?.history ?? [];
  const [namespace, name] = typeof status?.helmChart === "string" ? status.helmChart.split("/") : [];
  return {
    lastRevisionApplied: newest?.version ?? 0,
    ...(name === undefined ? {} : { helmChartRef: { name, namespace } }),
    failureCount: status?.failures ?? 0,
    installFailureCount: status?.installFailures ?? 0,
    upgradeFailureCount: status?.upgradeFailures ?? 0,
  };
}

/** Why a configuration is not compliant: the first object that says so, a source before what hangs on it. */
export function explain(statuses: readonly ManagedStatus[]): string | undefined {
  const failing = statuses.filter(({ complianceState }) => complianceState === "Non-Compliant");
  if (failing.length === 0) return undefined;
  return failing
    .map(({ kind, namespace, name, message }) => `${kind} ${namespace}/${name}: ${message ?? "not ready"}`)
    .slice(0, 5)
    .join("\n");
}
