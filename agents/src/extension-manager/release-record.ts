import { z } from "zod";
import { defineKind, type KubeClient } from "../runtime/index.ts";

/** Helm's own records; their data, the whole release, is of no interest here. */
const helmRecords = defineKind(
  { apiVersion: "v1", kind: "Secret", plural: "secrets", isNamespaced: true },
  { data: z.unknown().transform(() => undefined) },
);

/** The revision of a release that is deployed, read off helm's records: cheaper than asking the program. */
export async function deployedRevision(
  kube: KubeClient,
  release: { name: string; namespace: string },
  signal: AbortSignal,
): Promise<number | undefined> {
  const { items } = await kube.list(helmRecords, {
    namespace: release.namespace,
    labelSelector: `owner=helm,name=${release.name},status=deployed`,
    signal,
  });
  const revisions = items.map(({ metadata }) => Number(metadata.labels?.version ?? Number.NaN));
  return revisions.length === 0 ? undefined : Math.max(...revisions);
}
