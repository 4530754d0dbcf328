import { crdGroups } from "@arcfleet/contract";
import { z } from "zod";
import { type KubeClient, listOf } from "./kube-client.ts";

const Crds = listOf(z.object({ metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }) }));
const crdPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const groups = new Set<string>(Object.values(crdGroups).map(({ group }) => group));

/**
 * Lets go of custom resource definitions that are being deleted while nobody is left to answer the finalizers of their objects:
 * what a removal that was interrupted leaves, and what would block both the next installation and the end of this one.
 * @returns the names of those that were stuck
 */
export async function releaseStuckCrds(kube: KubeClient): Promise<readonly string[]> {
  const found = await kube.request(crdPath, Crds, { metadataOnly: true });
  const stuck = (found ?? [])
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined && groups.has(groupOf(metadata.name)))
    .map(({ metadata }) => metadata.name);
  for (const name of stuck) {
    await kube.request(`${crdPath}/${name}`, z.unknown(), {
      method: "PATCH",
      body: { metadata: { finalizers: [] } },
      tolerate: [404],
    });
  }
  return stuck;
}

/** A definition is named `plural.group`. */
const groupOf = (name: string): string => name.slice(name.indexOf(".") + 1);
