import type { ClusterAddresses, LabAddresses } from "./address-plan.ts";
import { type ComponentName, etcdFolder } from "./component-commands.ts";
import type { ClusterPaths } from "./lab-paths.ts";

export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Folders of the machine that a node must neither see nor write: it gets empty ones of its own. */
const PRIVATE_FOLDERS = ["/run", "/var/lib", "/var/log"];

/**
 * Inside the node's mount namespace puts an own folder over each of PRIVATE_FOLDERS. What the node needs from below
 * them (a state or cache folder may lie there) is bound into the new one first.
 */
export function hideFolders(nodeFolder: string, needed: readonly string[]): string[] {
  return PRIVATE_FOLDERS.flatMap((hidden) => {
    const own = `${nodeFolder}/private${hidden}`;
    const kept = needed.filter((path) => path.startsWith(`${hidden}/`));
    return [
      `mkdir -p ${shellQuote(own)}`,
      ...(hidden === "/run" ? [`mount -t tmpfs -o mode=755 tmpfs ${shellQuote(own)}`] : []),
      ...kept.flatMap((path) => {
        const inside = shellQuote(`${own}${path.slice(hidden.length)}`);
        return [`mkdir -p ${inside}`, `mount --rbind ${shellQuote(path)} ${inside}`];
      }),
      `mount --rbind ${shellQuote(own)} ${hidden}`,
    ];
  });
}

export interface NodeScriptInputs {
  readonly paths: ClusterPaths;
  readonly lab: LabAddresses;
  readonly addresses: ClusterAddresses;
  readonly commands: Readonly<Record<ComponentName, readonly string[]>>;
  /** Folders with programs and files that must stay visible. */
  readonly needed: readonly string[];
}

/**
 * The first process of a node, pid 1 of its pid namespace: when it ends, the kernel ends every process of the node, and
 * with the last of them the mounts and the network go as well. That is what makes a lab removable after any crash.
 * It sets up mounts and the network, starts the components (each again when it ends), and reaps orphans.
 */
export function nodeScript({ paths, lab, addresses, commands, needed }: NodeScriptInputs): string {
  const log = (name: string) => shellQuote(`${paths.logs}/${name}.log`);
  const run = Object.entries(commands).map(
    ([name, command]) => `keep ${name} ${log(name)} ${command.map(shellQuote).join(" ")}`,
  );
  return `#!/bin/sh
# Made by the lab for ${paths.name}; made anew by each start.
set -eu
exec </dev/null >${log("node")} 2>&1
set -x

${hideFolders(paths.folder, needed).join("\n")}
# runc and the kubelet want mounts that reach from pods to the node (never beyond: this namespace is private).
mount --make-rshared /
mkdir -p ${etcdFolder}

# etcd without waiting for the disk: "volatile" lets the overlay skip every sync, and a lab's data is not precious.
store=${shellQuote(`${paths.folder}/etcd`)}
mkdir -p "$store/lower" "$store/upper" "$store/work"
rm -rf "$store/work/work/incompat"
mount -t overlay overlay -o "volatile,lowerdir=$store/lower,upperdir=$store/upper,workdir=$store/work" ${etcdFolder} ||
  mount --bind "$store/upper" ${etcdFolder}

ip link set lo up
until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
ip addr add ${addresses.nodeAddress}/24 dev eth0
ip link set eth0 up
ip route add default via ${lab.bridgeAddress}
echo 1 >/proc/sys/net/ipv4/ip_forward
hostname ${shellQuote(paths.name)}

keep() (
  set +ex
  name=$1 log=$2
  shift 2
  while :; do
    "$@" >>"$log" 2>&1
    echo "$name ended with exit code $?, starting it again" | tee -a "$log" >>"$log.exits"
    sleep 1
  done
)
${run.map((line) => `${line} &`).join("\n")}
set +x
wait
`;
}
