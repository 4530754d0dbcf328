/**
 * Namespaces that the agents make on the way: marked, so that they go again with what they were made for, unless somebody
 * else has put something into them.
 */
import type { Logger } from "pino";
import { z } from "zod";
import { isKubeError, type KubeClient, namespaces } from "../runtime/index.ts";

/** The mark: which agent made the namespace. */
export const createdByLabel = "clusterconfig.azure.com/created-by";

/**
 * Makes the namespace if it is not there.
 * @returns `false` while an earlier one of that name is still going away
 */
export async function ensureNamespace(
  kube: KubeClient,
  name: string,
  options: { agent: string; signal: AbortSignal },
): Promise<boolean> {
  const found = await kube.get(namespaces, { name }, options);
  if (found !== undefined) return found.metadata.deletionTimestamp === undefined;
  try {
    await kube.create(namespaces, { metadata: { name, labels: { [createdByLabel]: options.agent } } }, options);
  } catch (error) {
    if (!isKubeError(error, "AlreadyExists")) throw error;
  }
  return true;
}

/** Whether a namespace that agents made is on its way out. */
export async function isLeaving(kube: KubeClient, name: string, signal: AbortSignal): Promise<boolean> {
  const found = await kube.get(namespaces, { name }, { signal });
  return found?.metadata.deletionTimestamp !== undefined && found.metadata.labels?.[createdByLabel] !== undefined;
}

/** Begins to delete a namespace that agents made and that holds nothing of others'. */
export async function removeIfOurs(
  kube: KubeClient,
  name: string,
  { log, signal }: { log: Logger; signal: AbortSignal },
): Promise<void> {
  const found = await kube.get(namespaces, { name }, { signal });
  if (found?.metadata.labels?.[createdByLabel] === undefined || found.metadata.deletionTimestamp !== undefined) return;
  const left = await contents(kube, name, signal);
  if (left.length > 0) {
    log.info({ namespace: name, left: left.slice(0, 10) }, "keeping the namespace: there are things of others in it");
    return;
  }
  await kube.delete(namespaces, { name }, { uid: found.metadata.uid, signal });
}

const Groups = z.object({ groups: z.array(z.object({ preferredVersion: z.object({ groupVersion: z.string() }) })) });
const Resources = z.object({
  groupVersion: z.string(),
  resources: z.array(
    z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()) }),
  ),
});
const Items = z.object({
  items: z.array(
    z.object({
      type: z.string().optional(),
      metadata: z.object({
        name: z.string(),
        deletionTimestamp: z.string().optional(),
        ownerReferences: z.array(z.unknown()).optional(),
      }),
    }),
  ),
});

/** Records about things, and no things themselves. */
const records = new Set(["events", "endpoints", "endpointslices", "leases"]);
/** Computed when read. */
const computed = /^(metrics|custom\.metrics|external\.metrics)\.k8s\.io\//;
/** Every namespace gets these by itself. */
const standard = new Set([
  "ConfigMap/kube-root-ca.crt",
  "ConfigMap/openshift-service-ca.crt",
  "ServiceAccount/default",
]);

/** What a namespace holds beside dependents, what is being deleted, and what every namespace has. */
export async function contents(kube: KubeClient, namespace: string, signal: AbortSignal): Promise<string[]> {
  const { groups } = await kube.read("/apis", Groups, { signal });
  const versions = ["/api/v1", ...groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  const found: string[] = [];
  for (const version of versions.filter((path) => !computed.test(path.replace("/apis/", "")))) {
    const { resources } = await kube.read(version, Resources, { signal });
    const listed = resources.filter(
      ({ name, namespaced, verbs }) =>
        namespaced && verbs.includes("list") && verbs.includes("delete") && !name.includes("/") && !records.has(name),
    );
    for (const { name, kind } of listed) {
      const { items } = await kube.read(`${version}/namespaces/${namespace}/${name}?limit=50`, Items, { signal });
      for (const { metadata, type } of items) {
        const title = `${kind}/${metadata.name}`;
        const isDependent = (metadata.ownerReferences?.length ?? 0) > 0;
        if (isDependent || metadata.deletionTimestamp !== undefined || standard.has(title)) continue;
        if (type === "kubernetes.io/service-account-token") continue;
        found.push(title);
      }
    }
  }
  return found;
}
