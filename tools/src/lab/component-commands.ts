import { join } from "node:path";
import type { ClusterAddresses } from "./address-plan.ts";
import { apiPort } from "./cluster-pki.ts";
import type { ClusterPaths } from "./lab-paths.ts";

/** Folders that exist only inside a node's own mount namespace. */
export const containerdSocket = "/run/containerd/containerd.sock";
export const etcdFolder = "/run/etcd";

export const componentNames = [
  "etcd",
  "containerd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;
export type ComponentName = (typeof componentNames)[number];

export interface ComponentInputs {
  readonly paths: ClusterPaths;
  readonly addresses: ClusterAddresses;
  readonly binaries: Readonly<Record<ComponentName, string>>;
}

const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([name, value]) => `--${name}=${value}`);

/** The command of every component. All of them run inside the node's namespaces, so every cluster uses the same ports. */
export function componentCommands(inputs: ComponentInputs): Record<ComponentName, string[]> {
  const { paths, addresses, binaries } = inputs;
  const pki = (file: string) => join(paths.pki, file);
  const config = (file: string) => join(paths.config, file);
  return {
    etcd: [binaries.etcd, ...etcdFlags(paths.name)],
    containerd: [binaries.containerd, "--config", config("containerd.toml")],
    "kube-apiserver": [binaries["kube-apiserver"], ...apiServerFlags(addresses, pki)],
    "kube-controller-manager": [
      binaries["kube-controller-manager"],
      ...controllerManagerFlags(paths.name, addresses, pki),
    ],
    "kube-scheduler": [
      binaries["kube-scheduler"],
      ...flags({
        kubeconfig: pki("kube-scheduler.kubeconfig"),
        "authentication-kubeconfig": pki("kube-scheduler.kubeconfig"),
        "authorization-kubeconfig": pki("kube-scheduler.kubeconfig"),
        "leader-elect": false,
        profiling: false,
        "bind-address": "127.0.0.1",
      }),
    ],
    kubelet: [
      binaries.kubelet,
      ...flags({
        config: config("kubelet.yaml"),
        kubeconfig: pki("kubelet.kubeconfig"),
        "hostname-override": paths.name,
        "node-ip": addresses.nodeAddress,
        "root-dir": "/var/lib/kubelet",
        // cAdvisor's rounds are most of an idle kubelet's work.
        "housekeeping-interval": "30s",
        "node-labels": "node.kubernetes.io/instance-type=arcfleet-lab",
      }),
    ],
    "kube-proxy": [
      binaries["kube-proxy"],
      ...flags({
        kubeconfig: pki("kube-proxy.kubeconfig"),
        "hostname-override": paths.name,
        "proxy-mode": "iptables",
        "cluster-cidr": addresses.podSubnet,
        // These limits belong to the whole machine: a network namespace may not write them.
        "conntrack-max-per-core": 0,
        "conntrack-tcp-timeout-established": "0s",
        "conntrack-tcp-timeout-close-wait": "0s",
        "iptables-sync-period": "10m",
        // A new Service works as soon as its pods are ready; the default waits a second.
        "iptables-min-sync-period": "200ms",
      }),
    ],
  };
}

function etcdFlags(name: string): string[] {
  return flags({
    name,
    "data-dir": join(etcdFolder, "data"),
    // Plain text is enough on the loopback of a network namespace that only this cluster's node is in.
    "listen-client-urls": "http://127.0.0.1:2379",
    "advertise-client-urls": "http://127.0.0.1:2379",
    "listen-peer-urls": "http://127.0.0.1:2380",
    "initial-advertise-peer-urls": "http://127.0.0.1:2380",
    "initial-cluster": `${name}=http://127.0.0.1:2380`,
    "auto-compaction-mode": "periodic",
    "auto-compaction-retention": "30m",
    "snapshot-count": 10_000,
    logger: "zap",
    "log-level": "warn",
  });
}

function apiServerFlags(addresses: ClusterAddresses, pki: (file: string) => string): string[] {
  return flags({
    "etcd-servers": "http://127.0.0.1:2379",
    "bind-address": "0.0.0.0",
    "secure-port": apiPort,
    "advertise-address": addresses.nodeAddress,
    "service-cluster-ip-range": addresses.serviceSubnet,
    "client-ca-file": pki("ca.crt"),
    "tls-cert-file": pki("kube-apiserver.crt"),
    "tls-private-key-file": pki("kube-apiserver.key"),
    "kubelet-client-certificate": pki("kubelet-client.crt"),
    "kubelet-client-key": pki("kubelet-client.key"),
    "kubelet-certificate-authority": pki("ca.crt"),
    "kubelet-preferred-address-types": "InternalIP",
    "authorization-mode": "Node,RBAC",
    "enable-admission-plugins": "NodeRestriction",
    "allow-privileged": true,
    "service-account-issuer": "https://kubernetes.default.svc.cluster.local",
    "service-account-key-file": pki("tokens.pub"),
    "service-account-signing-key-file": pki("tokens.key"),
    "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
    "requestheader-allowed-names": "front-proxy-client",
    "requestheader-extra-headers-prefix": "X-Remote-Extra-",
    "requestheader-group-headers": "X-Remote-Group",
    "requestheader-username-headers": "X-Remote-User",
    "proxy-client-cert-file": pki("front-proxy-client.crt"),
    "proxy-client-key-file": pki("front-proxy-client.key"),
    "event-ttl": "1h",
    profiling: false,
  });
}

function controllerManagerFlags(name: string, addresses: ClusterAddresses, pki: (file: string) => string): string[] {
  return flags({
    kubeconfig: pki("kube-controller-manager.kubeconfig"),
    "authentication-kubeconfig": pki("kube-controller-manager.kubeconfig"),
    "authorization-kubeconfig": pki("kube-controller-manager.kubeconfig"),
    "cluster-name": name,
    "cluster-signing-cert-file": pki("ca.crt"),
    "cluster-signing-key-file": pki("ca.key"),
    "root-ca-file": pki("ca.crt"),
    "service-account-private-key-file": pki("tokens.key"),
    "requestheader-client-ca-file": pki("front-proxy-ca.crt"),
    "service-cluster-ip-range": addresses.serviceSubnet,
    "use-service-account-credentials": true,
    // The default lies below /usr, which is the machine's own, and would be created there.
    "flex-volume-plugin-dir": "/var/lib/kubelet/volume-plugins",
    "leader-elect": false,
    profiling: false,
    "bind-address": "127.0.0.1",
  });
}
