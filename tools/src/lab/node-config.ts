import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { ClusterAddresses } from "./address-plan.ts";
import { containerdSocket } from "./component-commands.ts";
import type { ClusterPaths } from "./lab-paths.ts";

export interface NodeConfigInputs {
  readonly paths: ClusterPaths;
  readonly addresses: ClusterAddresses;
  readonly pauseImage: string;
  readonly runc: string;
  readonly cniPlugins: string;
  readonly podsCgroup: string;
}

/** Writes the files that containerd, its network plugins and the kubelet read. */
export function writeNodeConfig(inputs: NodeConfigInputs): void {
  const { config } = inputs.paths;
  mkdirSync(join(config, "cni"), { recursive: true });
  writeFileSync(join(config, "containerd.toml"), containerdConfig(inputs));
  writeFileSync(
    join(config, "cni", "10-bridge.conflist"),
    JSON.stringify(networkConfig(inputs.addresses), undefined, 2),
  );
  writeFileSync(join(config, "kubelet.yaml"), stringify(kubeletConfig(inputs)));
}

export function containerdConfig({ paths, pauseImage, runc, cniPlugins }: NodeConfigInputs): string {
  const text = JSON.stringify; // a JSON string is a TOML basic string
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = ${text(containerdSocket)}
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImage)}
  # Without CAP_SYS_RESOURCE every sandbox fails with "can't get final child's PID from pipe".
  restrict_oom_score_adj = true
  # A profile would be loaded into the kernel of the whole machine, and stay there.
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = ${text(runc)}
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = ${text(cniPlugins)}
    conf_dir = ${text(join(paths.config, "cni"))}
`;
}

export function networkConfig({ podSubnet }: ClusterAddresses) {
  const ipam = { type: "host-local", ranges: [[{ subnet: podSubnet }]], routes: [{ dst: "0.0.0.0/0" }] };
  return {
    cniVersion: "0.4.0",
    name: "pods",
    plugins: [
      // Hairpin: a pod must be able to reach its own Service.
      { type: "bridge", bridge: "pods0", isGateway: true, ipMasq: true, hairpinMode: true, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
}

export function kubeletConfig({ paths, addresses, podsCgroup }: NodeConfigInputs) {
  const pki = (file: string) => join(paths.pki, file);
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: "0.0.0.0",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki("ca.crt") },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: pki("kubelet.crt"),
    tlsPrivateKeyFile: pki("kubelet.key"),
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    clusterDNS: [addresses.dnsService],
    clusterDomain: "cluster.local",
    resolvConf: join(paths.config, "resolv.conf"),
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${podsCgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    // Disk and memory are shared with the rest of the machine: how full they are says nothing about this cluster.
    evictionHard: {
      "memory.available": "0%",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
    },
    imageGCHighThresholdPercent: 100,
    enforceNodeAllocatable: [],
    maxPods: 110,
    serializeImagePulls: false,
    registerNode: true,
    // The default lies below /usr, which is the machine's own.
    volumePluginDir: "/var/lib/kubelet/volume-plugins",
    volumeStatsAggPeriod: "-1s",
    shutdownGracePeriod: "0s",
  };
}
