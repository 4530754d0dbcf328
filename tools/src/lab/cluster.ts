/** One Kubernetes cluster of a lab, whatever it is made of. */
export interface Cluster {
  /** `<lab>-<index>`, also the name of its node (with kind: the name of the kind cluster). */
  readonly name: string;
  readonly lab: string;
  readonly index: number;
  readonly driver: "bare" | "kind";
  /** Path of a kubeconfig with a cluster-admin client certificate. */
  readonly kubeconfig: string;
  /** `https://…` of its API server, reachable from this machine. */
  readonly endpoint: string;
  /** The address under which pods of this cluster reach servers on this machine (they must listen on it, or on 0.0.0.0). */
  readonly bridgeAddress: string;
}

export interface ClusterStatus extends Cluster {
  /** Node Ready and cluster DNS available, asked just now. */
  readonly ready: boolean;
  /** Why it is not ready; empty when it is. */
  readonly reason: string;
  /** The processes on this machine that belong to it, pods included (none are listed for kind). */
  readonly pids: readonly number[];
  readonly memoryMb: number | undefined;
}

export type Log = (line: string) => void;
