import { existsSync } from "node:fs";
import { join } from "node:path";
import { bareCluster } from "./bare-cluster.ts";
import { LABS_CGROUP, memoryMbOf, processesIn } from "./cgroups.ts";
import type { Cluster, ClusterStatus } from "./cluster.ts";
import { clusterApi } from "./cluster-api.ts";
import { describeKindCluster, kindClusters } from "./kind-cluster.ts";
import { kubeconfigServer } from "./kubeconfig.ts";
import { clusterPaths, type LabPaths, labPaths, labsRoot } from "./lab-paths.ts";
import { type LabRecord, readLabRecord, recordedClusters, recordedLabs } from "./lab-record.ts";
import { nodePid } from "./node-process.ts";
import { apiServerStep, clusterSteps, firstMissing } from "./readiness.ts";

/** The clusters a lab has, healthy or not, in order of their index. */
export async function clustersOf(lab: LabPaths, record: LabRecord): Promise<Cluster[]> {
  if (record.driver === "bare") return recordedClusters(lab).map(({ index }) => bareCluster(lab, record.slot, index));
  const names = await kindClusters(lab);
  const clusters = names.map((name) =>
    describeKindCluster(
      lab,
      Number(name.slice(lab.mark.length + 1)),
      kubeconfigServer(clusterPaths(lab, name).kubeconfig),
    ),
  );
  return (await Promise.all(clusters)).sort((a, b) => a.index - b.index);
}

/** All clusters of all labs of this machine, or of one lab, looked at just now. */
export async function labStatus(name?: string): Promise<ClusterStatus[]> {
  const labs = name === undefined ? recordedLabs(labsRoot()) : [name];
  const all = await Promise.all(
    labs.map(async (one) => {
      const lab = labPaths(one);
      const record = readLabRecord(lab.record);
      return record ? Promise.all((await clustersOf(lab, record)).map(statusOf)) : [];
    }),
  );
  return all.flat();
}

export async function statusOf(cluster: Cluster): Promise<ClusterStatus> {
  const reason = (await whyNotReady(cluster)) ?? "";
  if (cluster.driver === "kind") return { ...cluster, ready: reason === "", reason, pids: [], memoryMb: undefined };
  const group = join(LABS_CGROUP, labPaths(cluster.lab).mark, cluster.name);
  return { ...cluster, ready: reason === "", reason, pids: processesIn(group), memoryMb: memoryMbOf(group) };
}

async function whyNotReady(cluster: Cluster): Promise<string | undefined> {
  if (!existsSync(cluster.kubeconfig)) return "it was never completed";
  if (cluster.driver === "bare" && nodePid(labPaths(cluster.lab).mark, cluster.name) === undefined)
    return "its node does not run";
  const node = cluster.driver === "kind" ? `${cluster.name}-control-plane` : cluster.name;
  const api = clusterApi(cluster.kubeconfig);
  try {
    return await firstMissing([apiServerStep(api), ...clusterSteps(api, node)]);
  } finally {
    api.close();
  }
}
