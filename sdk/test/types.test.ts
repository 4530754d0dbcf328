import { beforeAll, describe, expect, test } from "@jest/globals";
import { compileErrors } from "./support/compile.ts";

/** What is around each program below. */
const around = (program: string): string => `
import * as sdk from "@arcfleet/sdk";
import { Config } from "@pulumi/pulumi";
declare const cluster: sdk.ConnectedCluster;
declare const group: sdk.ResourceGroup;
const config = new Config();
${program}
export { cluster, config, group };
`;
const cluster = (args: string): string => `new sdk.ConnectedCluster("east", { location: "westeurope", ${args} });`;
const extension = (args: string): string =>
  `new sdk.Extension("flux", { cluster, extensionType: "microsoft.flux", ${args} });`;
const type = (version: string): string =>
  `new sdk.ExtensionType("a.b", { resourceGroup: group, versions: { "1.0.0": ${version} } });`;
const flux = (args: string): string => `new sdk.FluxConfiguration("apps", { cluster, ${args} });`;
const fleet = (args: string): string =>
  `new sdk.Fleet("shops", { clusters: { east: {} }, extensions: { flux: { extensionType: "microsoft.flux" } }, ${args} })`;
const git = `gitRepository: { url: "https://example.com/fleet.git" }`;

/**
 * What must not compile, and what the compiler says: the underlined code, then the message. A message is good when it shows its
 * reader what to change, so it must name the property that is wrong.
 */
const mistakes: readonly (readonly [what: string, program: string, message: RegExp])[] = [
  ["no location", `new sdk.ConnectedCluster("a", { resourceGroup: "g" });`, /Property 'location' is missing/],
  ["a slip in a name", cluster(`resourceGroup: "g", tgas: {}`), /^tgas: .*'tgas' does not exist in type 'ConnectedCl/],
  [
    "a boolean where ARM has words",
    cluster(`resourceGroup: "g", azureHybridBenefit: true`),
    /^azureHybridBenefit: .*"True" \| "False" \| "NotApplicable"/,
  ],
  [
    "a word in the wrong case",
    cluster(`resourceGroup: "g", arcAgentProfile: { agentAutoUpgrade: "enabled" }`),
    /^agentAutoUpgrade: .*Did you mean '"Enabled"'/,
  ],
  [
    "a nested name in another spelling than ARM's",
    cluster(`resourceGroup: "g", aadProfile: { enableAzureRbac: true }`),
    /^enableAzureRbac: .*AadProfileArgs/,
  ],
  [
    "the public key, which is made while attaching",
    cluster(`resourceGroup: "g", agentPublicKeyCertificate: ""`),
    /^agentPublicKeyCertificate: .*does not exist/,
  ],
  ["a cluster for a group", cluster("resourceGroup: cluster"), /^resourceGroup: .*'ResourceGroup/],
  [
    "an id for a cluster",
    `new sdk.Extension("flux", { cluster: "/subscriptions/…", extensionType: "microsoft.flux" });`,
    /^cluster: .*'ConnectedCluster'/,
  ],
  ["a path for a version", type('"./chart"'), /^"1\.0\.0": .*'Input<ExtensionTypeVersionArgs>'/],
  [
    "a digest beside the chart that it follows from",
    type('{ chart: "./chart", chartDigest: "x" }'),
    /^"1\.0\.0": .*'Input<ExtensionTypeVersionArgs>'/,
  ],
  ["a number among settings", extension(`configurationSettings: { replicas: 1 }`), /^replicas: .*'Input<string>'/],
  [
    "a pinned version that follows new ones",
    extension(`version: "1.0.0", autoUpgradeMinorVersion: true`),
    /'autoUpgradeMinorVersion' are incompatible.*'true' is not assignable to type 'Input<false>/s,
  ],
  [
    "two scopes",
    extension(`scope: { cluster: {}, namespace: { targetNamespace: "x" } }`),
    /^scope: .*'namespace' are incompatible.*not assignable to type 'undefined'/s,
  ],
  ["no scope in a scope", extension("scope: {}"), /^scope: .*ExtensionScopeArgs/],
  ["a namespace without its name", extension("scope: { namespace: {} }"), /^scope: .*'namespace'.*NamespaceScopeArgs/s],
  ["no source", flux(""), /Property 'gitRepository' is missing .* required in type 'FromGitRepository'/],
  [
    "two sources",
    flux(`${git}, bucket: { url: "https://example.com", bucketName: "b" }`),
    /'bucket' are incompatible.*not assignable to type 'undefined'/s,
  ],
  ["the kind, which follows from the source", flux(`sourceKind: "GitRepository", ${git}`), /^sourceKind: /],
  ["a bucket without its name", flux(`bucket: { url: "https://example.com" }`), /^bucket: .*'bucketName' is missing/s],
  [
    "a slip in what to follow",
    flux(`gitRepository: { url: "x", repositoryRef: { brunch: "a" } }`),
    /^brunch: .*RefArgs/,
  ],
  ["a path that is none", flux(`${git}, kustomizations: { apps: { path: 5 } }`), /^path: .*'Input<string>/],
  ["a group without a location", `new sdk.ResourceGroup("g", {});`, /Property 'location' is missing/],
  [
    "an extension that the fleet does not have",
    fleet(`configurations: { apps: { extension: "flax", ${git} } }`),
    /^extension: .*'"flax"' is not assignable to type '"flux"'/,
  ],
  [
    "a selector for a cluster that the fleet does not have",
    fleet(`rings: [{ name: "canary", where: { names: ["est"] } }]`),
    /^"est": .*not assignable to type '"east"'/,
  ],
  [
    "a tag of a fleet that is only known later",
    fleet(`defaults: { tags: { team: config.requireSecret("team") } }`),
    /^team: .*'Output<string>' is not assignable to type 'string'/,
  ],
  ["a slip in a cluster's name", `${fleet("")}.clusters.est;`, /^est: .*Did you mean 'east'/],
  ["a slip in a ring", fleet(`rings: [{ name: "all", maxAtonce: 2 }]`), /^maxAtonce: .*'maxAtOnce'/],
  [
    "two sources in a fleet",
    fleet(`configurations: { apps: { ${git}, bucket: { url: "https://example.com", bucketName: "b" } } }`),
    /'bucket' are incompatible.*not assignable to type 'undefined'/s,
  ],
  [
    "a role for nobody",
    `new sdk.RoleAssignment("r", { scope: group, roleDefinition: "Reader" });`,
    /Property 'principalId' is missing/,
  ],
  [
    "a principal of no known type",
    `new sdk.RoleAssignment("r", { scope: group, roleDefinition: "Reader", principalId: "x", principalType: "Person" });`,
    /^principalType: .*'Input<PrincipalType>/,
  ],
];

/** What must compile: values that are only known later, or maybe. */
const programs: readonly (readonly [what: string, program: string])[] = [
  ["what a fleet has, by the keys of its arguments", `export const made = ${fleet("")}.extensions.flux.east?.name;`],
  [
    "a fleet whose clusters are only known by the configuration",
    `declare const clusters: Record<string, sdk.FleetClusterArgs>;
new sdk.Fleet("shops", { clusters, rings: [{ name: "canary", where: { names: ["east"] } }, { name: "rest" }] });`,
  ],
  ["a group as such or by its name", cluster("resourceGroup: group") + cluster("resourceGroup: group.name")],
  ["a version that may be there", extension(`version: config.get("version")`)],
  ["following as the configuration says", extension(`autoUpgradeMinorVersion: config.getBoolean("follow")`)],
  ["a pinned version that follows nothing", extension(`version: "1.0.0", autoUpgradeMinorVersion: false`)],
  ["a source that is only known later", flux(`gitRepository: { url: config.requireSecret("url") }`)],
  [
    "a role on anything, for a cluster's identity",
    `new sdk.RoleAssignment("r", { scope: cluster, roleDefinition: "Reader", principalId: cluster.principalId });`,
  ],
];

let errors: readonly string[];

beforeAll(() => {
  errors = compileErrors([...mistakes, ...programs].map(([, program]) => around(program)));
});

describe("the compiler finds, and names what to change:", () => {
  test.each(mistakes.map(([what, , message], at) => [what, message, at] as const))("%s", (_what, message, at) => {
    expect(errors[at]).toMatch(message);
  });
});

describe("the compiler takes", () => {
  test.each(programs.map(([what], at) => [what, mistakes.length + at] as const))("%s", (_what, at) => {
    expect(errors[at]).toBe("");
  });
});
