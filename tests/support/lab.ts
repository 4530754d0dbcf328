import { readFile } from "node:fs/promises";
import { agentsImage } from "@arcfleet/tools/image/agents-image.ts";
import { kustomizeControllerImage, sourceControllerImage } from "@arcfleet/tools/image/index.ts";
import { type Cluster, labStatus, labUp, loadImage } from "@arcfleet/tools/lab/index.ts";
import { testLabName } from "@arcfleet/tools/testing/run-tests.ts";
import { type Kubectl, kubectlFor } from "./kubectl.ts";

export interface LabCluster extends Cluster {
  readonly kubectl: Kubectl;
}

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/**
 * The two clusters of the end-to-end suite, with every image that the tests need. The first test file boots them, the others find
 * them; the runner removes them after the suite.
 */
export async function testClusters(): Promise<readonly [LabCluster, LabCluster]> {
  const [first, second] = await clustersWithImages(2);
  if (first === undefined || second === undefined) throw new Error("the lab has fewer than two clusters");
  return [first, second];
}

/** The first of them, for a story that needs one only. */
export async function testCluster(): Promise<LabCluster> {
  const [cluster] = await clustersWithImages(1);
  if (cluster === undefined) throw new Error("the lab has no cluster");
  return cluster;
}

async function clustersWithImages(count: number): Promise<LabCluster[]> {
  const [clusters, archives] = await Promise.all([
    labUp({ name: testLabName, count, log }),
    Promise.all([agentsImage(log), sourceControllerImage(log), kustomizeControllerImage(log)]),
  ]);
  await Promise.all(clusters.flatMap((cluster) => archives.map((archive) => loadImage(cluster, archive))));
  return Promise.all(clusters.map(async (cluster) => ({ ...cluster, kubectl: await kubectlFor(cluster.kubeconfig) })));
}

/**
 * Kills every agent of every test cluster with SIGKILL, from outside, as a failing machine would.
 * @returns how many processes died
 */
export async function killAgents(): Promise<number> {
  const pids = (await labStatus(testLabName)).flatMap((cluster) => cluster.pids);
  const agents = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      return /\/app\/[a-z-]+\.mjs/.test(command) ? [pid] : [];
    }),
  );
  for (const pid of agents.flat()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself between the look and the shot.
    }
  }
  return agents.flat().length;
}
