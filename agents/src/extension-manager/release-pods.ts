/** The pods of a Helm release, found through its workloads: pods themselves need not carry the release's name. */
import { explainPods } from "@arcfleet/helm";
import { z } from "zod";
import { Condition } from "../custom-resources/condition.ts";
import { defineKind, type KubeClient, pods } from "../runtime/index.ts";

const workload = (kind: string, plural: string) =>
  defineKind(
    { apiVersion: "apps/v1", kind, plural, isNamespaced: true },
    {
      spec: z.looseObject({ selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).optional() }) }),
      status: z.looseObject({ conditions: z.array(Condition).optional() }).optional(),
    },
  );
const workloads = [
  workload("Deployment", "deployments"),
  workload("StatefulSet", "statefulsets"),
  workload("DaemonSet", "daemonsets"),
];
const job = defineKind({ apiVersion: "batch/v1", kind: "Job", plural: "jobs", isNamespaced: true });

const releaseAnnotation = "meta.helm.sh/release-name";
const releaseNamespaceAnnotation = "meta.helm.sh/release-namespace";
const mostReasons = 20;

/** Why pods of the release are not ready, a line each. */
export async function explainRelease(
  kube: KubeClient,
  release: { name: string; namespace: string },
  signal: AbortSignal,
): Promise<string[]> {
  const isOurs = ({ metadata }: { metadata: { annotations?: Record<string, string> | undefined } }) =>
    metadata.annotations?.[releaseAnnotation] === release.name &&
    metadata.annotations[releaseNamespaceAnnotation] === release.namespace;

  const reasons: string[] = [];
  const selectors: { namespace: string | undefined; labels: Record<string, string> }[] = [];
  for (const kind of workloads) {
    for (const { metadata, spec, status } of (await kube.list(kind, { signal })).items.filter(isOurs)) {
      // Pods that admission or a quota refuses never exist; only their workload knows why.
      const refused = status?.conditions?.find(({ type, status }) => type === "ReplicaFailure" && status === "True");
      if (refused !== undefined) reasons.push(`${kind.kind} ${metadata.name}: ${refused.message ?? refused.reason}`);
      const labels = spec.selector.matchLabels;
      if (labels !== undefined) selectors.push({ namespace: metadata.namespace, labels });
    }
  }
  for (const { metadata } of (await kube.list(job, { signal })).items.filter(isOurs)) {
    selectors.push({ namespace: metadata.namespace, labels: { "job-name": metadata.name } });
  }

  for (const { namespace, labels } of selectors) {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",");
    const { items } = await kube.list(pods, { namespace, labelSelector, signal });
    reasons.push(...explainPods(items));
  }
  return reasons.slice(0, mostReasons);
}
