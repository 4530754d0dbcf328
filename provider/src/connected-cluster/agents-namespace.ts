import { setTimeout as sleep } from "node:timers/promises";
import { agentNames } from "@arcfleet/contract";
import { z } from "zod";
import type { KubeClient } from "./kube-client.ts";
import { ClusterError } from "./kube-error.ts";
import { type OnboardingKey, readOnboardingKey } from "./onboarding-key.ts";

const Namespace = z.object({
  metadata: z.object({ deletionTimestamp: z.string().optional() }),
});
const Secret = z.object({ data: z.record(z.string(), z.string()).optional() });
const Anything = z.unknown();

const namespacePath = (name: string): string => `/api/v1/namespaces/${name}`;
const secretPath = (name: string): string => `${namespacePath(agentNames.namespace)}/secrets/${name}`;

/** With these Helm takes the namespace for one of its release's objects: the chart adopts it, and uninstalling removes it. */
const helmOwnership = {
  labels: { "app.kubernetes.io/managed-by": "Helm" },
  annotations: {
    "meta.helm.sh/release-name": agentNames.releaseName,
    "meta.helm.sh/release-namespace": agentNames.releaseNamespace,
  },
};

const terminationTimeoutMs = 180_000;
const intervalMs = 1000;

/** Waits until a namespace is gone; returns at once when there is none. */
export async function waitUntilNamespaceGone(kube: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  const deadline = Date.now() + terminationTimeoutMs;
  while ((await kube.request(namespacePath(name), Namespace, { tolerate: [404] })) !== undefined) {
    if (Date.now() > deadline) {
      throw new ClusterError(
        `The namespace ${name} on ${kube.server} is not gone after ${terminationTimeoutMs / 1000} s. ` +
          `\`kubectl get namespace ${name} -o yaml\` shows under \`status\` what holds it.`,
      );
    }
    await sleep(intervalMs, undefined, { signal });
  }
}

export async function deleteNamespace(kube: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  await kube.request(namespacePath(name), Anything, { method: "DELETE", tolerate: [404, 409] });
  await waitUntilNamespaceGone(kube, name, signal);
}

/** The key that an earlier run left on the cluster. */
export async function findOnboardingKey(kube: KubeClient): Promise<OnboardingKey | undefined> {
  const namespace = await kube.request(namespacePath(agentNames.namespace), Namespace, { tolerate: [404] });
  if (namespace === undefined || namespace.metadata.deletionTimestamp !== undefined) return undefined;
  const secret = await kube.request(secretPath(agentNames.onboardingKeySecret), Secret, { tolerate: [404] });
  const stored = secret?.data?.[agentNames.onboardingKeyField];
  return stored === undefined ? undefined : readOnboardingKey(Buffer.from(stored, "base64").toString("utf8"));
}

/**
 * Puts the private half of a new key straight onto the cluster, before the public half is registered: whatever stops the run
 * afterwards, the next one finds the key that the record was made with.
 */
export async function placeOnboardingKey(
  kube: KubeClient,
  making: Promise<OnboardingKey>,
  signal: AbortSignal,
): Promise<OnboardingKey> {
  const [key] = await Promise.all([making, prepareNamespace(kube, signal)]);
  await kube.request(`${namespacePath(agentNames.namespace)}/secrets`, Anything, {
    method: "POST",
    body: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: agentNames.onboardingKeySecret },
      data: { [agentNames.onboardingKeyField]: Buffer.from(key.privateKey).toString("base64") },
    },
  });
  return key;
}

async function prepareNamespace(kube: KubeClient, signal: AbortSignal): Promise<void> {
  const path = namespacePath(agentNames.namespace);
  const existing = await kube.request(path, Namespace, { tolerate: [404] });
  if (existing?.metadata.deletionTimestamp !== undefined) {
    await waitUntilNamespaceGone(kube, agentNames.namespace, signal);
  } else if (existing !== undefined) {
    await kube.request(path, Anything, { method: "PATCH", body: { metadata: helmOwnership } });
    return;
  }
  await kube.request("/api/v1/namespaces", Anything, {
    method: "POST",
    body: { apiVersion: "v1", kind: "Namespace", metadata: { name: agentNames.namespace, ...helmOwnership } },
  });
}

/**
 * Forgets the identity of a record that no longer exists. The agents would go on with its certificate, which is worth nothing to
 * the new record; without one they ask for their own with the onboarding key.
 */
export async function forgetIdentity(kube: KubeClient): Promise<void> {
  await kube.request(secretPath(agentNames.identityCertificateSecret), Anything, { method: "DELETE", tolerate: [404] });
}
