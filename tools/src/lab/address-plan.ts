/** A lab takes one of these; it decides the bridge's name and every address of the lab. */
export const SLOTS = Array.from({ length: 32 }, (_, slot) => slot);
export const MAX_CLUSTERS = 50;

export interface LabAddresses {
  readonly bridge: string;
  readonly bridgeAddress: string;
  readonly subnet: string;
}

export function labAddresses(slot: number): LabAddresses {
  return { bridge: `arclab${slot}`, bridgeAddress: `10.213.${slot}.1`, subnet: `10.213.${slot}.0/24` };
}

export interface ClusterAddresses {
  readonly veth: string;
  readonly nodeAddress: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly kubernetesService: string;
  readonly dnsService: string;
}

/**
 * Pods and Services may have the same addresses in every cluster: they are never seen outside the cluster's own network
 * namespace, what leaves it carries the node's address.
 */
export function clusterAddresses(slot: number, index: number): ClusterAddresses {
  if (index < 1 || index > MAX_CLUSTERS) throw new Error(`a lab has clusters 1 to ${MAX_CLUSTERS}, not ${index}`);
  return {
    veth: `arclab${slot}n${index}`,
    nodeAddress: `10.213.${slot}.${10 + index}`,
    podSubnet: "10.244.0.0/24",
    serviceSubnet: "10.96.0.0/16",
    kubernetesService: "10.96.0.1",
    dnsService: "10.96.0.10",
  };
}
