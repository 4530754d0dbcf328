import { mkdirSync, rmSync } from "node:fs";
import { z } from "zod";
import type { Cluster, Log } from "./cluster.ts";
import { clusterPaths, type LabPaths } from "./lab-paths.ts";
import { runProgram } from "./run-program.ts";

/*
 * The same lab where Docker runs: one kind cluster for each. kind and Docker keep the truth about what exists; the state
 * folder only holds the kubeconfigs.
 */

const CREATE_MS = 10 * 60_000;
const Networks = z.array(
  z.object({ IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })) }) }),
);

/** True when a Docker daemon answers and kind can be run. */
export async function kindWorks(): Promise<boolean> {
  try {
    await runProgram("docker", ["version", "--format", "{{.Server.Version}}"], { timeoutMs: 5_000 });
    await runProgram("kind", ["version"], { timeoutMs: 5_000 });
    return true;
  } catch {
    return false; // Not an error: the bare lab is used instead.
  }
}

export function createArguments(lab: LabPaths, name: string): string[] {
  return ["create", "cluster", "--name", name, "--kubeconfig", clusterPaths(lab, name).kubeconfig, "--wait", "180s"];
}

export function deleteArguments(name: string, kubeconfig: string): string[] {
  return ["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig];
}

/** Names kind knows, of this lab only. */
export function clustersOfLab(output: string, lab: LabPaths): string[] {
  const pattern = new RegExp(`^${lab.mark}-\\d+$`);
  return output.split("\n").filter((name) => pattern.test(name));
}

/** The address of this machine on kind's network, from `docker network inspect`. IPv4, which every pod has. */
export function gatewayAddress(inspected: string): string {
  const gateways = Networks.parse(JSON.parse(inspected)).flatMap((network) =>
    network.IPAM.Config.map((config) => config.Gateway),
  );
  const address = gateways.find((gateway) => gateway !== undefined && !gateway.includes(":"));
  if (address === undefined)
    throw new Error('Docker\'s network "kind" has no IPv4 gateway; delete it, kind makes it anew');
  return address;
}

export async function describeKindCluster(lab: LabPaths, index: number, endpoint: string): Promise<Cluster> {
  const name = `${lab.mark}-${index}`;
  const bridgeAddress = gatewayAddress(await runProgram("docker", ["network", "inspect", "kind"]));
  return {
    name,
    lab: lab.name,
    index,
    driver: "kind",
    kubeconfig: clusterPaths(lab, name).kubeconfig,
    endpoint,
    bridgeAddress,
  };
}

export async function startKindCluster(options: {
  lab: LabPaths;
  index: number;
  log: Log;
  signal: AbortSignal;
}): Promise<void> {
  const { lab, index, log, signal } = options;
  const name = `${lab.mark}-${index}`;
  await removeKindCluster(lab, name);
  mkdirSync(clusterPaths(lab, name).folder, { recursive: true, mode: 0o700 });
  log(`${name}: kind is creating it`);
  await runProgram("kind", createArguments(lab, name), { timeoutMs: CREATE_MS, signal });
}

export async function kindClusters(lab: LabPaths): Promise<string[]> {
  return clustersOfLab(await runProgram("kind", ["get", "clusters"]), lab);
}

export async function removeKindCluster(lab: LabPaths, name: string): Promise<void> {
  const { kubeconfig, folder } = clusterPaths(lab, name);
  await runProgram("kind", deleteArguments(name, kubeconfig), { timeoutMs: 120_000 });
  rmSync(folder, { recursive: true, force: true });
}

export async function loadIntoKind(name: string, archive: string): Promise<void> {
  await runProgram("kind", ["load", "image-archive", archive, "--name", name], { timeoutMs: 300_000 });
}
