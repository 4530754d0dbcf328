import type { Properties } from "../inputs/plain.ts";
import { readClusterUid } from "./cluster-facts.ts";
import { createKubeClient, type KubeClient } from "./kube-client.ts";
import { type ChosenContext, chooseContext } from "./kubeconfig.ts";
import { contextOf, KubeconfigSource } from "./kubeconfig-source.ts";

/** A cluster that answered and accepted the credentials. */
export interface OpenCluster {
  readonly kube: KubeClient;
  readonly chosen: ChosenContext;
  readonly uid: string;
}

/** Connects to the cluster of a kubeconfig and finds out which one it is. */
export async function openCluster(inputs: Properties, signal: AbortSignal): Promise<OpenCluster> {
  const source = KubeconfigSource.parse(inputs.kubeconfig);
  const chosen = chooseContext(source, contextOf(source, inputs.context));
  const kube = await createKubeClient(chosen, signal);
  return { kube, chosen, uid: await readClusterUid(kube) };
}
