/**
 * Which distribution a cluster is and where it runs, read from its nodes: what the provider puts into the record when it
 * attaches a cluster, and what cluster-metadata-operator reports afterwards. Both can be given by hand instead.
 */
export interface NodeFacts {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>> | undefined;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
  readonly spec?: { readonly providerID?: string | undefined } | undefined;
  readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string | undefined } | undefined } | undefined;
}

export interface DetectedKubernetes {
  readonly distribution: string;
  readonly infrastructure: string;
}

type Test = (node: NodeFacts) => boolean;

const label =
  (...names: string[]): Test =>
  ({ metadata }) =>
    names.some((name) => metadata.labels?.[name] !== undefined);
const annotation =
  (...names: string[]): Test =>
  ({ metadata }) =>
    names.some((name) => metadata.annotations?.[name] !== undefined);
const annotationValue =
  (name: string, value: string): Test =>
  ({ metadata }) =>
    metadata.annotations?.[name] === value;
const provider =
  (scheme: string): Test =>
  ({ spec }) =>
    spec?.providerID?.startsWith(`${scheme}://`) ?? false;
const version =
  (part: string): Test =>
  ({ status }) =>
    status?.nodeInfo?.kubeletVersion?.includes(part) ?? false;

/** In this order, each against all nodes; the first that holds wins. */
const distributions: readonly (readonly [name: string, test: Test])[] = [
  ["openshift", label("node.openshift.io/os_id")],
  ["aks", label("kubernetes.azure.com/node-image-version")],
  ["gke", label("cloud.google.com/gke-nodepool", "cloud.google.com/gke-os-distribution")],
  ["eks", label("eks.amazonaws.com/nodegroup")],
  ["minikube", label("minikube.k8s.io/version")],
  ["aks_edge_k3s", annotationValue("node.aksedge.io/distro", "aks_edge_k3s")],
  ["aks_edge_k8s", annotationValue("node.aksedge.io/distro", "aks_edge_k8s")],
  ["kind", provider("kind")],
  ["k3s", provider("k3s")],
  ["rancher_rke", annotation("rke.cattle.io/external-ip", "rke.cattle.io/internal-ip")],
  // k3s and RKE2 under a cloud provider lose their providerID; the kubelet's version still tells.
  ["k3s", version("+k3s")],
  ["rancher_rke", version("+rke2")],
];

/** By the scheme of a node's providerID. */
const infrastructures: Readonly<Record<string, string>> = {
  k3s: "generic",
  kind: "generic",
  azure: "azure",
  gce: "gcp",
  aws: "aws",
  vsphere: "vsphere",
};

export const generic = "generic";

/** Never fails: what nothing tells is `generic`. */
export function detectKubernetes(nodes: readonly NodeFacts[]): DetectedKubernetes {
  const distribution = distributions.find(([, test]) => nodes.some(test))?.[0] ?? generic;
  for (const { spec } of nodes) {
    const scheme = /^([a-z0-9]+):\/\//i.exec(spec?.providerID ?? "")?.[1]?.toLowerCase() ?? "";
    const infrastructure = Object.hasOwn(infrastructures, scheme) ? infrastructures[scheme] : undefined;
    if (infrastructure !== undefined) return { distribution, infrastructure };
  }
  return { distribution, infrastructure: generic };
}
