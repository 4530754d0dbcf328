import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { execa } from "execa";
import { agentsImage } from "../image/agents-image.ts";
import { kustomizeControllerImage, sourceControllerImage } from "../image/index.ts";
import { type Cluster, type Log, labStatus, labUp, loadImage } from "../lab/index.ts";
import { type DemoCluster, demoLab } from "./demo-state.ts";
import { addressReachableFrom, contextOf } from "./reachable-address.ts";

/** The clusters of the demo, and what is needed to use them. */
export interface DemoClusters {
  readonly clusters: readonly DemoCluster[];
  /** The address of this machine for their pods. */
  readonly address: string;
  /** Gives a cluster's nodes an image archive; absent where the user has to. */
  readonly load: ((archive: string) => Promise<void>) | undefined;
  /** True when the clusters can only run images that they are given. */
  readonly isOffline: boolean;
}

/** Two lab clusters. */
export async function labClusters(log: Log, signal: AbortSignal): Promise<DemoClusters> {
  const clusters = await labUp({ name: demoLab, count: 2, log, signal });
  return {
    clusters: clusters.map(({ name, kubeconfig }) => ({ name, kubeconfig, isLab: true })),
    address: addressOf(clusters),
    load: (archive) => loadInto(clusters, archive),
    isOffline: true,
  };
}

/** The clusters of the user's kubeconfigs, recognised when they are clusters of a lab or of kind. */
export async function ownClusters(kubeconfigs: readonly string[], address: string | undefined): Promise<DemoClusters> {
  const paths = kubeconfigs.map((path) => resolve(path));
  const clusters = await Promise.all(
    paths.map(async (path) => ({ name: (await contextOf(path)).context, kubeconfig: path, isLab: false })),
  );
  const servers = await Promise.all(paths.map(async (path) => (await contextOf(path)).server));
  const labs = (await labStatus()).filter(({ endpoint }) => servers.some((server) => sameOrigin(server, endpoint)));
  const isAllLab = labs.length === paths.length;
  const kindNames = clusters.map(({ name }) => /^kind-(.+)$/.exec(name)?.[1]);
  const [first = ""] = paths;
  return {
    clusters,
    address: address ?? (isAllLab ? addressOf(labs) : await addressReachableFrom(first)),
    load: isAllLab
      ? (archive) => loadInto(labs, archive)
      : kindNames.every((name) => name !== undefined)
        ? (archive) => loadIntoKind(kindNames, archive)
        : undefined,
    isOffline: isAllLab,
  };
}

/** The archives that the clusters need besides what a registry gives them. */
export async function demoImages(isOffline: boolean, log: Log): Promise<string[]> {
  const agents = await agentsImage(log);
  return isOffline ? [agents, await sourceControllerImage(log), await kustomizeControllerImage(log)] : [agents];
}

const sameOrigin = (one: string, other: string): boolean => new URL(one).origin === new URL(other).origin;

function addressOf(clusters: readonly Cluster[]): string {
  const [first] = clusters;
  if (first === undefined) throw new Error("the lab has no clusters");
  return first.bridgeAddress;
}

async function loadInto(clusters: readonly Cluster[], archive: string): Promise<void> {
  await Promise.all(clusters.map((cluster) => loadImage(cluster, archive)));
}

async function loadIntoKind(names: readonly string[], archive: string): Promise<void> {
  for (const name of names) {
    await execa("kind", ["load", "image-archive", archive, "--name", name], { timeout: 300_000 });
  }
}

/** True when a kubeconfig of an earlier run still leads somewhere. */
export const isReadable = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  );
