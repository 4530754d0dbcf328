/**
 * Before the extension is uninstalled: Helm removes controllers before CRDs, and what a finalizer still holds would then hang
 * for ever. Configurations that were deleted in time are gone already; this is for what is left.
 */
import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { z } from "zod";
import { fluxConfigFinalizer, fluxConfigs } from "../custom-resources/flux-config.ts";
import { identityRequestName } from "../fluxconfig-agent/identity-request-name.ts";
import { controller, managedBy } from "../fluxconfig-controller/names.ts";
import { createdByLabel, removeIfOurs } from "../namespaces/owned-namespace.ts";
import { systemClock } from "../runtime/clock.ts";
import { identityRequests } from "../runtime/kube/arc-kinds.ts";
import { deployments, namespaces, pods } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { isKubeError } from "../runtime/kube/kube-error.ts";
import { defineKind, type HasMetadata, type KubeKind, refOf } from "../runtime/kube/kube-kind.ts";

export const DrainSettings = z.object({
  /** The Helm release whose controllers are to be stopped. */
  ARCFLEET_RELEASE: z.string().min(1),
  ARCFLEET_NAMESPACE: z.string().min(1),
});

interface Given {
  readonly kube: KubeClient;
  readonly log: Logger;
  readonly release: { readonly name: string; readonly namespace: string };
  readonly signal: AbortSignal;
}

export async function drain(given: Given): Promise<void> {
  await stopControllers(given);
  await releaseFluxObjects(given);
  await removeFluxConfigs(given);
  await removeAppliers(given);
  await removeIdentityRequest(given);
  await removeNamespaces(given);
}

const releaseAnnotation = "meta.helm.sh/release-name";
/** Flux's controllers end what they are at; beyond this they are killed by Kubernetes anyway. */
const stopWithinMs = 90_000;
const lookEveryMs = 300;

/** A controller that still ran would put its finalizers back. */
async function stopControllers({ kube, log, release, signal }: Given): Promise<void> {
  const { namespace } = release;
  const ours = (await kube.list(deployments, { namespace, signal })).items.filter(
    ({ metadata }) => metadata.annotations?.[releaseAnnotation] === release.name,
  );
  for (const one of ours) await kube.patch(deployments, refOf(one), { spec: { replicas: 0 } }, { signal });
  const until = systemClock.now() + stopWithinMs;
  for (const { spec, metadata } of ours) {
    const labelSelector = Object.entries(spec.selector.matchLabels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    while ((await kube.list(pods, { namespace, labelSelector, signal })).items.length > 0) {
      if (systemClock.now() > until) {
        log.warn({ deployment: metadata.name }, "still running; going on");
        break;
      }
      await systemClock.sleep(lookEveryMs, signal);
    }
  }
}

const fluxFinalizer = "finalizers.fluxcd.io";
const groups = [
  "kustomize.toolkit.fluxcd.io",
  "helm.toolkit.fluxcd.io",
  "source.toolkit.fluxcd.io",
  "notification.toolkit.fluxcd.io",
];
const Group = z.object({ preferredVersion: z.object({ groupVersion: z.string() }) });
const Resources = z.object({
  resources: z.array(
    z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()) }),
  ),
});

async function releaseFluxObjects(given: Given): Promise<void> {
  for (const group of groups) {
    for (const kind of await kindsOf(given, group)) await takeFinalizer(given, kind, fluxFinalizer);
  }
}

async function kindsOf({ kube, signal }: Given, group: string): Promise<KubeKind<HasMetadata>[]> {
  try {
    const { preferredVersion } = await kube.read(`/apis/${group}`, Group, { signal });
    const apiVersion = preferredVersion.groupVersion;
    const { resources } = await kube.read(`/apis/${apiVersion}`, Resources, { signal });
    return resources
      .filter(({ name, verbs }) => !name.includes("/") && verbs.includes("list"))
      .map(({ name, kind, namespaced }) => defineKind({ apiVersion, kind, plural: name, isNamespaced: namespaced }));
  } catch (error) {
    if (isKubeError(error, "NotFound")) return [];
    throw error;
  }
}

async function takeFinalizer({ kube, log, signal }: Given, kind: KubeKind<HasMetadata>, finalizer: string) {
  for (const object of (await kube.list(kind, { signal })).items) {
    const held = object.metadata.finalizers ?? [];
    if (!held.includes(finalizer)) continue;
    log.info({ kind: kind.kind, name: object.metadata.name, namespace: object.metadata.namespace }, "letting go of it");
    const finalizers = held.filter((one) => one !== finalizer);
    await tolerateGone(kube.patch(kind, refOf(object), { metadata: { finalizers } }, { signal }));
  }
}

/** Deleted here and not with their CRD, so that nothing but workloads is left when the namespaces are looked at. */
async function removeFluxConfigs(given: Given): Promise<void> {
  const { kube, signal } = given;
  await takeFinalizer(given, fluxConfigs, fluxConfigFinalizer);
  for (const config of (await kube.list(fluxConfigs, { signal })).items) {
    await kube.delete(fluxConfigs, refOf(config), { signal });
  }
}

const clusterRoleBindings = defineKind({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  isNamespaced: false,
});
const serviceAccounts = defineKind({
  apiVersion: "v1",
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  isNamespaced: true,
});

/** What no owner takes along: rights in the whole cluster, and the accounts that had them. */
async function removeAppliers({ kube, signal }: Given): Promise<void> {
  const labelSelector = `${managedBy}=${controller}`;
  for (const kind of [clusterRoleBindings, serviceAccounts]) {
    for (const object of (await kube.list(kind, { labelSelector, signal })).items) {
      await kube.delete(kind, refOf(object), { signal });
    }
  }
}

/** The extension's identity is going, too: nobody should go on asking for tokens of it. */
async function removeIdentityRequest({ kube, signal }: Given): Promise<void> {
  await kube.delete(identityRequests, { name: identityRequestName, namespace: agentNames.namespace }, { signal });
}

async function removeNamespaces({ kube, log, signal }: Given): Promise<void> {
  const labelSelector = `${createdByLabel}=fluxconfig-agent`;
  for (const { metadata } of (await kube.list(namespaces, { labelSelector, signal })).items) {
    await removeIfOurs(kube, metadata.name, { log, signal });
  }
}

async function tolerateGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isKubeError(error, "NotFound")) throw error;
  }
}
