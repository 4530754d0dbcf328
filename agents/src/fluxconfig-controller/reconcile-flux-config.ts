import { type FluxConfig, type FluxConfigStatus, fluxConfigs } from "../custom-resources/flux-config.ts";
import { kustomizations as kustomizationKind, sourceKindsOfFlux } from "../custom-resources/flux-objects.ts";
import { removeIfOurs } from "../namespaces/owned-namespace.ts";
import { again, done, type Failed, type KubeClient, type Outcome, type RunContext, refOf } from "../runtime/index.ts";
import { ensureApplier, removeApplier } from "./applier.ts";
import type { ApplyChanged } from "./apply-changed.ts";
import { type Auth, ensureAuth } from "./ensure-auth.ts";
import { fluxChildren } from "./flux-children.ts";
import { fluxConfigStatus } from "./flux-config-status.ts";
import { kustomizationObject } from "./kustomization-object.ts";
import type { Seen } from "./managed-statuses.ts";
import { kustomizationName, sourceName } from "./names.ts";
import type { OwnedObjects } from "./owned-objects.ts";
import { fluxSourceKind, sourceObject } from "./source-object.ts";

export interface Means {
  readonly kube: KubeClient;
  readonly objects: ApplyChanged;
  readonly owned: OwnedObjects;
}

/** Events wake us; this is the net below. */
const lookAgainMs = 15_000;
const secretComesMs = 1_000;
const unsettledMs = 10_000;

/** Writes the Flux objects of a configuration, removes what it no longer wants, and reads off how far they are. */
export async function reconcileFluxConfig(
  config: FluxConfig,
  means: Means,
  { signal }: RunContext,
): Promise<Outcome<FluxConfigStatus>> {
  const { kube, objects } = means;
  const [auth] = await Promise.all([
    ensureAuth(config, { kube, objects, signal }),
    ensureApplier(config, { kube, objects, signal }),
  ]);
  if (auth === undefined) return again(secretComesMs, "the secret with the protected parameters is not there yet");
  await applySource(config, auth, means, signal);
  await applyKustomizations(config, means, signal);
  await pruneUnwanted(config, means, signal);

  const seen = await look(config, means, signal);
  const status = fluxConfigStatus(config, seen, { now: new Date(), repositoryPublicKey: auth.publicKey });
  const isSettled = status.complianceState === "Compliant" || status.complianceState === "Suspended";
  return isSettled ? done(status) : again(unsettledMs, `the configuration is ${status.complianceState}`, status);
}

async function applySource(config: FluxConfig, auth: Auth, { objects, owned }: Means, signal: AbortSignal) {
  const kind = fluxSourceKind[config.spec.sourceKind];
  const object = sourceObject(config, auth);
  const live = owned.find(kind, config.metadata.namespace, object.metadata.name) ?? null;
  await objects.apply(kind, object, { live, signal });
}

async function applyKustomizations(config: FluxConfig, { objects, owned }: Means, signal: AbortSignal) {
  await Promise.all(
    config.spec.kustomizations.map((kustomization) => {
      const object = kustomizationObject(config, kustomization);
      const live = owned.find(kustomizationKind, config.metadata.namespace, object.metadata.name) ?? null;
      return objects.apply(kustomizationKind, object, { live, signal });
    }),
  );
}

/** Kustomizations that are not declared any more, and sources of another kind. */
async function pruneUnwanted(config: FluxConfig, { objects, owned }: Means, signal: AbortSignal): Promise<void> {
  const wanted = new Set(config.spec.kustomizations.map(({ name }) => kustomizationName(config.metadata.name, name)));
  for (const object of owned.of(config, kustomizationKind)) {
    if (!wanted.has(object.metadata.name)) await objects.remove(kustomizationKind, refOf(object), signal);
  }
  for (const kind of sourceKindsOfFlux) {
    if (kind === fluxSourceKind[config.spec.sourceKind]) continue;
    for (const object of owned.of(config, kind)) await objects.remove(kind, refOf(object), signal);
  }
}

async function look(config: FluxConfig, { kube, owned }: Means, signal: AbortSignal) {
  const { name, namespace = "" } = config.metadata;
  const kind = fluxSourceKind[config.spec.sourceKind];
  const source: Seen = {
    kind: kind.kind,
    name: sourceName(name),
    namespace,
    object: owned.find(kind, namespace, sourceName(name)),
  };
  const kustomizations = config.spec.kustomizations.map((kustomization): Seen => {
    const objectName = kustomizationName(name, kustomization.name);
    return {
      kind: kustomizationKind.kind,
      name: objectName,
      namespace,
      object: owned.find(kustomizationKind, namespace, objectName),
    };
  });
  return { source, kustomizations, children: await fluxChildren(kube, kustomizations, signal) };
}

/**
 * Removes what a configuration became, in the order in which it can still clean up after itself: kustomizations, which take
 * what they applied along (when they prune), while source, account and rights are still there for them.
 */
export async function removeFluxConfig(
  config: FluxConfig,
  { kube, objects, owned }: Means,
  { signal, log }: RunContext,
): Promise<Outcome<FluxConfigStatus>> {
  for (const kind of [kustomizationKind, ...sourceKindsOfFlux]) {
    const left = owned.of(config, kind);
    for (const object of left) {
      if (object.metadata.deletionTimestamp === undefined) await objects.remove(kind, refOf(object), signal);
    }
    if (left.length > 0) {
      const names = left.map(({ metadata }) => metadata.name).join(", ");
      const why = `waiting until Flux has removed ${kind.kind} ${names}`;
      return again(lookAgainMs, why, deletingStatus(config, why));
    }
  }
  const { namespace } = config.metadata;
  const others = (await kube.list(fluxConfigs, { namespace, signal })).items.filter(
    ({ metadata }) => metadata.uid !== config.metadata.uid && metadata.deletionTimestamp === undefined,
  );
  await removeApplier(config, { isLast: others.length === 0, kube, objects, signal });
  if (namespace !== undefined) await removeIfOurs(kube, namespace, { log, signal });
  return done();
}

const deletingStatus = ({ metadata, spec, status }: FluxConfig, message: string): FluxConfigStatus => ({
  ...(status ?? { managedStatuses: [], complianceState: "Unknown" }),
  observedGeneration: metadata.generation ?? 0,
  desiredGeneration: spec.desiredGeneration,
  provisioningState: "Deleting",
  message,
});

/** The status that an outcome means; undefined when there is nothing new to say. */
export function outcomeStatus(
  config: FluxConfig,
  outcome: Outcome<FluxConfigStatus> | Failed,
): Record<string, unknown> | undefined {
  if (outcome.kind !== "failed") {
    // Null takes a message of earlier away.
    return outcome.result && { message: null, repositoryPublicKey: null, ...outcome.result };
  }
  const { metadata, spec, status } = config;
  const { message } = outcome.error;
  if (metadata.deletionTimestamp !== undefined) return { ...deletingStatus(config, message) };
  const isProvisioned = status?.provisioningState === "Succeeded" && status.observedGeneration === metadata.generation;
  return {
    observedGeneration: metadata.generation ?? 0,
    desiredGeneration: spec.desiredGeneration,
    provisioningState: isProvisioned ? "Succeeded" : "Failed",
    complianceState: isProvisioned ? "Unknown" : "Non-Compliant",
    message,
    managedStatuses: status?.managedStatuses ?? [],
  };
}
