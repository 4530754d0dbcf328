import { agentNames } from "@arcfleet/contract";
import { z } from "zod";
import { type KubeClient, listOf } from "./kube-client.ts";

const ReleaseSecrets = listOf(
  z.object({
    metadata: z.object({
      name: z.string(),
      namespace: z.string(),
      labels: z.record(z.string(), z.string()).optional(),
    }),
  }),
);

const ClusterConfig = z.object({ data: z.record(z.string(), z.string()).optional() });

export interface InstalledRelease {
  /** The Secret that Helm keeps this revision in. */
  readonly record: string;
  readonly namespace: string;
  readonly revision: number;
  /** As helm spells it: `deployed`, `failed`, `pending-install`, … */
  readonly status: string;
}

/**
 * The Helm releases of the agents, from the labels of Helm's own records: one small request where `helm list` would start a
 * program and fetch every record of the cluster.
 */
export async function findAgentReleases(kube: KubeClient): Promise<readonly InstalledRelease[]> {
  const selector = encodeURIComponent(`owner=helm,name=${agentNames.releaseName}`);
  const found = await kube.request(`/api/v1/secrets?labelSelector=${selector}`, ReleaseSecrets, { metadataOnly: true });
  const newest = new Map<string, InstalledRelease>();
  for (const { metadata } of found ?? []) {
    const revision = Number(metadata.labels?.version ?? 0);
    if (revision < (newest.get(metadata.namespace)?.revision ?? 0)) continue;
    newest.set(metadata.namespace, {
      record: metadata.name,
      namespace: metadata.namespace,
      revision,
      status: metadata.labels?.status ?? "unknown",
    });
  }
  return [...newest.values()];
}

/** The id of the resource that the agents on a cluster belong to; undefined without agents. */
export async function readAttachedId(kube: KubeClient): Promise<string | undefined> {
  const path = `/api/v1/namespaces/${agentNames.namespace}/configmaps/${agentNames.clusterConfigMap}`;
  const data = (await kube.request(path, ClusterConfig, { tolerate: [404] }))?.data;
  const { AZURE_SUBSCRIPTION_ID, AZURE_RESOURCE_GROUP, AZURE_RESOURCE_NAME } = data ?? {};
  if (!AZURE_SUBSCRIPTION_ID || !AZURE_RESOURCE_GROUP || !AZURE_RESOURCE_NAME) return undefined;
  return `/subscriptions/${AZURE_SUBSCRIPTION_ID}/resourceGroups/${AZURE_RESOURCE_GROUP}/providers/Microsoft.Kubernetes/connectedClusters/${AZURE_RESOURCE_NAME}`;
}

/**
 * Makes Helm forget a first installation that was interrupted. Helm refuses to touch it, and uninstalling would take the namespace
 * with the onboarding key along. Without its record the next installation takes over the objects that exist: they carry the marks
 * of the same release.
 */
export async function forgetInterruptedInstall(kube: KubeClient, release: InstalledRelease): Promise<void> {
  const path = `/api/v1/namespaces/${release.namespace}/secrets/${release.record}`;
  await kube.request(path, z.unknown(), { method: "DELETE", tolerate: [404] });
}
