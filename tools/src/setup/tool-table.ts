import { KUBERNETES_TOOLS } from "./kubernetes-tools.ts";
import { MACHINE_TOOLS } from "./machine-tools.ts";
import type { Platform } from "./platform.ts";
import type { ToolDefinition, ToolName } from "./tool.ts";

const HELM_VERSION = "3.19.4";
const PULUMI_VERSION = "3.230.0";
const LANGUAGE_HOST_VERSION = "3.63.0";
const PULUMI_VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

const pulumiArch = { amd64: "x64", arm64: "arm64" } as const satisfies Record<Platform["arch"], string>;

const CLIENT_TOOLS: readonly ToolDefinition[] = [
  {
    name: "helm",
    neededTo: "install the agent chart in a cluster",
    byHand: "install Helm 3.17 or newer (not 4)",
    gives: "program",
    runsOn: "host",
    version: HELM_VERSION,
    path: {
      command: "helm",
      versionArgs: ["version", "--template", "{{.Version}}"],
      accepted: { atLeast: "3.17.0", below: "4.0.0" },
    },
    release: ({ os, arch }) => {
      const url = `https://get.helm.sh/helm-v${HELM_VERSION}-${os}-${arch}.tar.gz`;
      return { url, checksumUrl: `${url}.sha256sum`, stripFolders: 1 };
    },
    go: {
      builds: [
        {
          folder: "helm",
          package: "helm.sh/helm/v3/cmd/helm",
          ldflags: [`-X helm.sh/helm/v3/internal/version.version=v${HELM_VERSION}`],
        },
      ],
    },
  },
  {
    name: "pulumi",
    neededTo: "run the examples and the end-to-end tests with the real engine",
    byHand: "install the Pulumi CLI with its Node.js language host",
    gives: "folder",
    runsOn: "host",
    version: PULUMI_VERSION,
    path: {
      command: "pulumi",
      versionArgs: ["version"],
      accepted: { atLeast: "3.150.0", below: "4.0.0" },
      beside: ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"],
    },
    release: ({ os, arch }) => {
      const folder = `https://github.com/pulumi/pulumi/releases/download/v${PULUMI_VERSION}`;
      return {
        url: `${folder}/pulumi-v${PULUMI_VERSION}-${os}-${pulumiArch[arch]}.tar.gz`,
        checksumUrl: `${folder}/pulumi-${PULUMI_VERSION}-checksums.txt`,
        stripFolders: 1,
      };
    },
    go: {
      builds: [
        {
          folder: "pulumi",
          package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
          ldflags: [`-X ${PULUMI_VERSION_VARIABLE}=${PULUMI_VERSION}`],
        },
        {
          // Its own module is not published; the SDK module contained it up to this version, and it still fits.
          folder: "pulumi-language-nodejs",
          package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
          ldflags: [`-X ${PULUMI_VERSION_VARIABLE}=${LANGUAGE_HOST_VERSION}`],
        },
      ],
      npmFiles: ["@pulumi/pulumi/pulumi-resource-pulumi-nodejs"],
    },
  },
];

const tools = [...CLIENT_TOOLS, ...KUBERNETES_TOOLS, ...MACHINE_TOOLS];

/** The definition of a tool. */
export function toolDefinition(name: ToolName): ToolDefinition {
  const definition = tools.find((tool) => tool.name === name);
  if (!definition) throw new Error(`no definition of the tool "${name}"; add it to tools/src/setup/tool-table.ts`);
  return definition;
}
