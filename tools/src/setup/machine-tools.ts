import type { ToolDefinition } from "./tool.ts";
import type { VersionRange } from "./tool-version.ts";

interface MachineTool {
  readonly name: ToolDefinition["name"];
  readonly debianPackage: string;
  readonly versionArgs: readonly string[];
  readonly accepted: VersionRange;
  readonly neededTo: string;
}

// What belongs to the machine rather than to this project: the distribution keeps it up to date.
const machineTool = ({ name, debianPackage, versionArgs, accepted, neededTo }: MachineTool): ToolDefinition => ({
  name,
  neededTo,
  byHand: `install ${name} ${accepted.atLeast} or newer with your package manager, or install Docker and kind`,
  gives: "program",
  runsOn: "host",
  path: { command: name, versionArgs, accepted },
  debianPackage,
});

export const MACHINE_TOOLS: readonly ToolDefinition[] = [
  machineTool({
    name: "etcd",
    debianPackage: "etcd-server",
    versionArgs: ["--version"],
    accepted: { atLeast: "3.4.0", below: "4.0.0" },
    neededTo: "store the objects of the local clusters",
  }),
  machineTool({
    name: "containerd",
    debianPackage: "containerd",
    versionArgs: ["--version"],
    accepted: { atLeast: "1.6.0", below: "3.0.0" },
    neededTo: "run the containers of the local clusters",
  }),
  machineTool({
    name: "ctr",
    debianPackage: "containerd",
    versionArgs: ["--version"],
    accepted: { atLeast: "1.6.0", below: "3.0.0" },
    neededTo: "load images into the local clusters",
  }),
  machineTool({
    name: "runc",
    debianPackage: "runc",
    versionArgs: ["--version"],
    accepted: { atLeast: "1.1.0", below: "2.0.0" },
    neededTo: "start the containers of the local clusters",
  }),
  {
    name: "cni-plugins",
    neededTo: "give the pods of the local clusters their network",
    byHand: "install the CNI plugins into /opt/cni/bin, or install Docker and kind",
    gives: "folder",
    runsOn: "host",
    folder: {
      candidates: ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"],
      mustHold: ["bridge", "host-local", "loopback", "portmap"],
    },
    debianPackage: "containernetworking-plugins",
  },
  machineTool({
    name: "iptables",
    debianPackage: "iptables",
    versionArgs: ["--version"],
    accepted: { atLeast: "1.8.0", below: "2.0.0" },
    neededTo: "route the Services of the local clusters",
  }),
  machineTool({
    name: "ip",
    debianPackage: "iproute2",
    versionArgs: ["-V"],
    accepted: { atLeast: "5.0.0", below: "100.0.0" },
    neededTo: "give each local cluster a network of its own",
  }),
  machineTool({
    name: "conntrack",
    debianPackage: "conntrack",
    versionArgs: ["--version"],
    accepted: { atLeast: "1.4.0", below: "2.0.0" },
    neededTo: "clear the connections of Services that went away",
  }),
  machineTool({
    name: "git",
    debianPackage: "git",
    versionArgs: ["--version"],
    accepted: { atLeast: "2.30.0", below: "100.0.0" },
    neededTo: "serve the repositories of Flux configurations",
  }),
  {
    name: "kind",
    neededTo: "run local clusters in Docker",
    byHand: "install kind 0.20 or newer",
    gives: "program",
    runsOn: "host",
    path: { command: "kind", versionArgs: ["version"], accepted: { atLeast: "0.20.0", below: "1.0.0" } },
  },
  {
    name: "docker",
    neededTo: "run local clusters in Docker",
    byHand: "install Docker and start its daemon",
    gives: "program",
    runsOn: "host",
    // The version of the server: a client without a running daemon is of no use.
    path: {
      command: "docker",
      versionArgs: ["version", "--format", "{{.Server.Version}}"],
      accepted: { atLeast: "20.0.0", below: "1000.0.0" },
    },
  },
];
