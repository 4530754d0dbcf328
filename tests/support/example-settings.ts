import { type MockFleetOptions, sampleKubeconfig } from "@arcfleet/sdk/testing";
import { projectOf, type Setting } from "./examples.ts";

/** What the stack that makes a cluster exports, as the examples for clouds expect it. */
const clusterStack = (outputs: Readonly<Record<string, unknown>>): MockFleetOptions => ({
  stackReferences: { "acme/clusters/production": outputs },
});
const cluster = { clusterName: "production", endpoint: "https://10.1.2.3", certificateAuthority: "Q0E=" };

/** What examples need under mocks beyond settings that can be made up from their type. */
const special: Readonly<Record<string, MockFleetOptions>> = {
  aks: clusterStack({ kubeconfig: Buffer.from(sampleKubeconfig()).toString("base64") }),
  eks: clusterStack(cluster),
  gke: clusterStack(cluster),
  rings: {
    config: {
      clusters: Object.fromEntries(
        ["canary", "early", "rest"].map((ring) => [`${ring}-1`, { kubeconfig: "./one.kubeconfig", ring }]),
      ),
    },
  },
  "gitops-multi-tenant": {
    config: {
      teams: ["shop", "search"].map((name) => ({
        name,
        repository: `https://git.example.com/${name}.git`,
        branch: "main",
        domain: `${name}.example.com`,
      })),
    },
  },
};

/** Settings whose values have to look like something, by the end of their names. */
const likely: readonly (readonly [RegExp, unknown])[] = [
  [/kubeconfigs$/i, ["./east.kubeconfig", "./west.kubeconfig"]],
  [/kubeconfig$/i, sampleKubeconfig()],
  [/url$/i, "https://git.example.com/fleet.git"],
  [/endpoint$/i, "https://arc.example.com"],
  [/id$/i, "5d1b3c5e-7a53-4f5a-8b1e-000000000001"],
];

const byType: Readonly<Record<string, unknown>> = {
  string: "sample",
  integer: 3,
  number: 3,
  boolean: true,
  array: ["one", "two"],
  object: {},
};

/** Values for the settings of an example that have no default, as somebody would set them. */
export function sampleOptions(example: string): MockFleetOptions {
  const { config } = projectOf(example);
  const made = Object.entries(config)
    .filter(([, setting]) => setting.default === undefined)
    .map(([key, setting]) => [key.slice(key.indexOf(":") + 1), sample(key, setting)]);
  const own = special[example] ?? {};
  return { ...own, config: { ...Object.fromEntries(made), ...own.config } };
}

const sample = (key: string, { type }: Setting): unknown =>
  likely.find(([name]) => name.test(key))?.[1] ?? byType[type];
