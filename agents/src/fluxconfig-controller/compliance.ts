/**
 * How far a Flux object is, in ARM's five words. The original's formula is not public; docs/decisions/0041 says why this one.
 */
import type { ComplianceState } from "@arcfleet/contract";
import type { Condition } from "../custom-resources/condition.ts";
import type { ManagedStatus } from "../custom-resources/flux-config.ts";
import type { FluxObject } from "../custom-resources/flux-objects.ts";

export interface Verdict {
  readonly state: ComplianceState;
  /** Flux's own words. */
  readonly message?: string;
  /** True when Flux is at it again and what was said before still holds. */
  readonly isHeld?: boolean;
}

export interface Evidence {
  /** The artifact that a Kustomization should have applied, if its source has one. */
  readonly expectedRevision?: string | undefined;
  /** What was said of the object before. */
  readonly previous?: ManagedStatus | undefined;
}

/** @param object undefined while it does not exist */
export function verdictOf(object: FluxObject | undefined, evidence: Evidence = {}): Verdict {
  if (object === undefined) return { state: "Pending", message: "not created yet" };
  if (object.spec?.suspend === true) return { state: "Suspended" };
  const ready = readyOf(object.status?.conditions);
  if (ready === undefined) return { state: "Pending", message: "waiting for its controller" };

  const message = ready.message === undefined ? {} : { message: ready.message.trim() };
  // What is said of an earlier generation says nothing about this one. A failure may come before Flux notes the
  // generation in the status, but the condition carries its own.
  const generation = object.metadata.generation ?? 0;
  const isObserved = Math.max(object.status?.observedGeneration ?? 0, ready.observedGeneration ?? 0) >= generation;
  if (!isObserved) return { state: "Pending", ...message };

  const { expectedRevision } = evidence;
  const isApplied = expectedRevision === undefined || object.status?.lastAppliedRevision === expectedRevision;
  switch (ready.status) {
    case "False":
      return { state: isWait(ready, expectedRevision) ? "Pending" : "Non-Compliant", ...message };
    case "True":
      return isApplied
        ? { state: "Compliant", ...message }
        : { state: "Pending", message: `revision ${expectedRevision} is not applied yet` };
    default:
      return held(object, isApplied, evidence) ?? { state: "Pending", ...message };
  }
}

/** Failures that are waits: what is missing is on its way, and if it is not, its own object says so. */
function isWait({ reason, message }: Condition, expectedRevision: string | undefined): boolean {
  if (reason === "DependencyNotReady") return true;
  // The same reason stands for a path that does not exist in the artifact, and that is a fault.
  return (
    reason === "ArtifactFailed" && (expectedRevision === undefined || /not found, retrying in/.test(message ?? ""))
  );
}

/**
 * At each interval Flux does its work again and says Unknown meanwhile. What was true of the same generation and revision
 * holds until the work has ended: otherwise every configuration would flicker, and a failure would hide itself while it is
 * tried again.
 */
function held(object: FluxObject, isApplied: boolean, { previous, expectedRevision }: Evidence): Verdict | undefined {
  if (previous === undefined) return undefined;
  const isSameGeneration = readyOf(previous.conditions)?.observedGeneration === object.metadata.generation;
  const isSameRevision = expectedRevision === undefined || object.status?.lastAttemptedRevision === expectedRevision;
  if (!isSameGeneration || !isSameRevision) return undefined;
  const state = previous.complianceState;
  if (state !== "Non-Compliant" && !(state === "Compliant" && isApplied)) return undefined;
  return { state, isHeld: true, ...(previous.message === undefined ? {} : { message: previous.message }) };
}

export const readyOf = (conditions: readonly Condition[] | undefined): Condition | undefined =>
  conditions?.find(({ type }) => type === "Ready");

const order: readonly ComplianceState[] = ["Non-Compliant", "Pending", "Unknown", "Suspended", "Compliant"];

/** The state of a configuration is the worst of its objects'. */
export const worst = (states: readonly ComplianceState[]): ComplianceState =>
  order.find((state) => states.includes(state)) ?? "Unknown";
