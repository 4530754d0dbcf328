/**
 * Which cluster this is and where its control plane answers: the configmap `azure-clusterconfig`. The agents of azure-arc get
 * it as their environment; those of extensions read it from the cluster.
 */
import { agentNames, formatResourceId } from "@arcfleet/contract";
import { z } from "zod";
import { configMaps } from "./kube/kinds.ts";
import type { KubeClient } from "./kube/kube-client.ts";

/** The environment of every agent, by the names that the configmap has. */
export const ClusterSettings = z.object({
  AZURE_SUBSCRIPTION_ID: z.string().min(1),
  AZURE_RESOURCE_GROUP: z.string().min(1),
  AZURE_RESOURCE_NAME: z.string().min(1),
  AZURE_TENANT_ID: z.string().min(1),
  AZURE_REGION: z.string().min(1),
  AZURE_ARC_AGENT_VERSION: z.string().min(1),
  KUBERNETES_DISTRO: z.string().default(""),
  KUBERNETES_INFRA: z.string().default(""),
  /** `https://host:port` of the control plane. */
  ARCFLEET_ENDPOINT: z.url(),
  /** PEM of its CA; empty when a public CA vouches for it. */
  ARCFLEET_CA_BUNDLE: z.string().default(""),
});
export type ClusterSettings = z.infer<typeof ClusterSettings>;

export interface ClusterIdentity {
  readonly clusterId: string;
  readonly endpoint: string;
  readonly ca: string | undefined;
  readonly tenantId: string;
  readonly location: string;
  readonly agentVersion: string;
  /** As given when attaching; empty: to be detected. */
  readonly distribution: string;
  readonly infrastructure: string;
}

export const toClusterIdentity = (settings: ClusterSettings): ClusterIdentity => ({
  clusterId: formatResourceId({
    subscriptionId: settings.AZURE_SUBSCRIPTION_ID,
    resourceGroup: settings.AZURE_RESOURCE_GROUP,
    segments: [{ namespace: "Microsoft.Kubernetes", type: "connectedClusters", name: settings.AZURE_RESOURCE_NAME }],
  }),
  endpoint: settings.ARCFLEET_ENDPOINT.replace(/\/+$/, ""),
  ca: settings.ARCFLEET_CA_BUNDLE || undefined,
  tenantId: settings.AZURE_TENANT_ID,
  location: settings.AZURE_REGION,
  agentVersion: settings.AZURE_ARC_AGENT_VERSION,
  distribution: settings.KUBERNETES_DISTRO,
  infrastructure: settings.KUBERNETES_INFRA,
});

/** For programs outside azure-arc: needs the right to get that one configmap. */
export async function readClusterIdentity(kube: KubeClient): Promise<ClusterIdentity> {
  const name = agentNames.clusterConfigMap;
  const found = await kube.get(configMaps, { name, namespace: agentNames.namespace });
  if (found === undefined)
    throw new Error(`configmap ${agentNames.namespace}/${name} is missing: is the cluster attached?`);
  return toClusterIdentity(parseSettings(ClusterSettings, found.data ?? {}, `configmap ${name}`));
}

/** Reads settings once, and names all that is wrong with them. */
export function parseSettings<T>(schema: z.ZodType<T>, from: unknown, what = "the environment"): Readonly<T> {
  const parsed = schema.safeParse(from);
  if (parsed.success) return Object.freeze(parsed.data);
  throw new Error(`${what} is not complete:\n${z.prettifyError(parsed.error)}`);
}
