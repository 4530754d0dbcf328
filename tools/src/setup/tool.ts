import type { Platform } from "./platform.ts";
import type { VersionRange } from "./tool-version.ts";

/** Every outside program the commands of this repository may need. */
export const TOOL_NAMES = [
  "helm",
  "kubectl",
  "pulumi",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "etcd",
  "containerd",
  "ctr",
  "runc",
  "cni-plugins",
  "iptables",
  "ip",
  "conntrack",
  "source-controller",
  "kustomize-controller",
  "coredns",
  "pause",
  "git",
  "kind",
  "docker",
] as const;

export type ToolName = (typeof TOOL_NAMES)[number];

/** Takes one line of progress. */
export type Log = (line: string) => void;

/** A program that is accepted when the machine already has it. */
export interface PathSource {
  readonly command: string;
  readonly versionArgs: readonly string[];
  readonly accepted: VersionRange;
  /** Files that must lie beside the program, because the tool is useless without them. */
  readonly beside?: readonly string[];
}

/** A folder of programs that distributions put outside PATH. */
export interface FolderSource {
  readonly candidates: readonly string[];
  readonly mustHold: readonly string[];
}

/** A file the vendor publishes. */
export interface ReleaseFile {
  readonly url: string;
  /** Known checksum; without one, `checksumUrl` is fetched over verified TLS. */
  readonly sha256?: string;
  readonly checksumUrl: string;
  /** How many leading folders to drop from the paths in the archive; absent when the file is the program itself. */
  readonly stripFolders?: number;
}

/** A program built from a pinned Go module: `tools/go/<folder>` holds its `go.mod` and `go.sum`. */
export interface GoBuild {
  readonly folder: string;
  readonly package: string;
  readonly ldflags: readonly string[];
}

export interface GoSource {
  readonly builds: readonly GoBuild[];
  /** Files of the module itself that users of the tool need, such as its custom resource definitions. */
  readonly moduleFiles?: { readonly module: string; readonly from: string; readonly to: string };
  /** Files of npm packages of this repository that belong to the tool. */
  readonly npmFiles?: readonly string[];
}

export interface ToolDefinition {
  readonly name: ToolName;
  /** What it is needed for: the second half of "helm is needed to …". */
  readonly neededTo: string;
  /** What to do when no source worked: an imperative sentence without full stop. */
  readonly byHand: string;
  /** `program` gives the path of the program, `folder` the path of the folder that holds several. */
  readonly gives: "program" | "folder";
  /** `node`: runs in images or cluster nodes, so it is a Linux program on every host. */
  readonly runsOn: "host" | "node";
  /** The version that is downloaded or built. */
  readonly version?: string;
  readonly path?: PathSource;
  readonly folder?: FolderSource;
  readonly release?: (platform: Platform) => ReleaseFile | undefined;
  readonly go?: GoSource;
  readonly debianPackage?: string;
}

/** Where a tool came from, for people and for the cache's own record. */
export type SourceName = "PATH" | "cache" | "vendor release" | "Go module" | "Debian package";

export interface FoundTool {
  readonly name: ToolName;
  readonly path: string;
  readonly version: string;
  readonly source: SourceName;
}
