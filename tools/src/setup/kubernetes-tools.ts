import type { Platform } from "./platform.ts";
import type { GoBuild, ReleaseFile, ToolDefinition, ToolName } from "./tool.ts";

// 1.35 no longer runs on control groups v1, which many machines still have.
export const KUBERNETES_VERSION = "1.34.2";
export const COREDNS_VERSION = "1.15.0";
export const SOURCE_CONTROLLER_VERSION = "1.8.0";
export const KUSTOMIZE_CONTROLLER_VERSION = "1.7.3";

const SAME_MINOR = { atLeast: "1.34.0", below: "1.35.0" };

// Where the Kubernetes project's own checksum of a file was at hand when this was written, it is pinned here; the
// others are read from the file the project publishes beside the program (docs/decisions/0002).
const KNOWN_SHA256: Readonly<Record<string, string>> = {
  "kubectl linux/amd64": "9591f3d75e1581f3f7392e6ad119aab2f28ae7d6c6e083dc5d22469667f27253",
  "kubectl linux/arm64": "95df604e914941f3172a93fa8feeb1a1a50f4011dfbe0c01e01b660afc8f9b85",
  "kubelet linux/amd64": "9c5e717b774ee9b9285ce47e7d2150c29e84837eb19a7eaa24b60b1543c9d58f",
  "kubelet linux/arm64": "3e31b1bee9ab32264a67af8a19679777cd372b1c3a04b5d7621289cf137b357c",
};

const versionFlags = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((place) => [
  `-X ${place}.gitVersion=v${KUBERNETES_VERSION}`,
  `-X ${place}.gitMajor=1`,
  `-X ${place}.gitMinor=34`,
]);

function kubernetesRelease(name: ToolName): (platform: Platform) => ReleaseFile {
  return ({ os, arch }) => {
    const url = `https://dl.k8s.io/release/v${KUBERNETES_VERSION}/bin/${os}/${arch}/${name}`;
    return { url, checksumUrl: `${url}.sha256`, sha256: KNOWN_SHA256[`${name} ${os}/${arch}`] };
  };
}

const kubernetesBuild = (name: ToolName): GoBuild => ({
  folder: "kubernetes",
  package: `k8s.io/kubernetes/cmd/${name}`,
  ldflags: versionFlags,
});

const nodeComponent = (name: ToolName, neededTo: string): ToolDefinition => ({
  name,
  neededTo,
  byHand: `install Docker and kind, or put ${name} 1.34 on PATH`,
  gives: "program",
  runsOn: "node",
  version: KUBERNETES_VERSION,
  path: { command: name, versionArgs: ["--version"], accepted: SAME_MINOR },
  release: kubernetesRelease(name),
  go: { builds: [kubernetesBuild(name)] },
});

const fluxController = (
  name: "source-controller" | "kustomize-controller",
  version: string,
  neededTo: string,
): ToolDefinition => ({
  name,
  neededTo,
  byHand: "install Go 1.26 or newer and allow it to fetch modules",
  gives: "program",
  runsOn: "node",
  version,
  go: {
    builds: [{ folder: name, package: `github.com/fluxcd/${name}`, ldflags: [] }],
    moduleFiles: { module: `github.com/fluxcd/${name}`, from: "config/crd/bases", to: "crds" },
  },
});

export const KUBERNETES_TOOLS: readonly ToolDefinition[] = [
  {
    name: "kubectl",
    neededTo: "look into clusters",
    byHand: "install kubectl 1.33, 1.34 or 1.35",
    gives: "program",
    runsOn: "host",
    version: KUBERNETES_VERSION,
    // One minor version of skew to the API server is supported either way.
    path: {
      command: "kubectl",
      versionArgs: ["version", "--client"],
      accepted: { atLeast: "1.33.0", below: "1.36.0" },
    },
    release: kubernetesRelease("kubectl"),
    go: { builds: [kubernetesBuild("kubectl")] },
  },
  nodeComponent("kube-apiserver", "serve the API of the local clusters"),
  nodeComponent("kube-controller-manager", "run the controllers of the local clusters"),
  nodeComponent("kube-scheduler", "schedule the pods of the local clusters"),
  nodeComponent("kubelet", "run the pods of the local clusters"),
  nodeComponent("kube-proxy", "give the local clusters their Services"),
  fluxController("source-controller", SOURCE_CONTROLLER_VERSION, "fetch the sources of Flux configurations"),
  fluxController(
    "kustomize-controller",
    KUSTOMIZE_CONTROLLER_VERSION,
    "apply the kustomizations of Flux configurations",
  ),
  {
    name: "coredns",
    neededTo: "give the local clusters DNS",
    byHand: "install Docker and kind, or install Go 1.26 or newer and allow it to fetch modules",
    gives: "program",
    runsOn: "node",
    version: COREDNS_VERSION,
    release: ({ arch }) => {
      const url = `https://github.com/coredns/coredns/releases/download/v${COREDNS_VERSION}/coredns_${COREDNS_VERSION}_linux_${arch}.tgz`;
      return { url, checksumUrl: `${url}.sha256`, stripFolders: 0 };
    },
    go: { builds: [{ folder: "coredns", package: "github.com/coredns/coredns", ldflags: [] }] },
  },
  {
    name: "pause",
    neededTo: "hold the network of each pod in the local clusters",
    byHand: "install Docker and kind, or install Go 1.26 or newer",
    gives: "program",
    runsOn: "node",
    version: "1.0.0",
    go: { builds: [{ folder: "pause", package: "arcfleet.invalid/tools/pause", ldflags: [] }] },
  },
];
