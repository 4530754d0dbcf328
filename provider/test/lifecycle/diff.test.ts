import { check, diff, kindOf } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { unknownValue } from "../../src/inputs/unknown.ts";

const cluster = kindOf("connectedCluster");
const extension = kindOf("extension");
const flux = kindOf("fluxConfiguration");

const clusterId =
  "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/fleet/providers/Microsoft.Kubernetes/connectedClusters/east";
const clusterInputs = { resourceGroup: "fleet", location: "westeurope", name: "east", kubeconfig: "text" };
const extensionInputs = { cluster: clusterId, name: "flux", extensionType: "microsoft.flux" };
const fluxInputs = {
  cluster: clusterId,
  name: "apps",
  sourceKind: "GitRepository",
  gitRepository: { url: "https://example.com/a.git" },
  kustomizations: { apps: { path: "./apps" } },
};

describe("diff", () => {
  const cases = [
    ["a changed tag updates", cluster, clusterInputs, { tags: { ring: "two" } }, ["tags"], []],
    ["a changed name replaces", cluster, clusterInputs, { name: "west" }, ["name"], ["name"]],
    ["a changed location replaces", cluster, clusterInputs, { location: "northeurope" }, ["location"], ["location"]],
    ["the same location spelt differently is no change", cluster, clusterInputs, { location: "West Europe" }, [], []],
    ["the same name in another case is no change", cluster, clusterInputs, { name: "EAST" }, [], []],
    ["new credentials update", cluster, clusterInputs, { kubeconfig: "new" }, ["kubeconfig"], []],
    ["a default written out is no change", cluster, clusterInputs, { azureHybridBenefit: "NotApplicable" }, [], []],
    ["a nested default written out is no change", cluster, clusterInputs, { arcAgentProfile: {} }, [], []],
    [
      "a pinned agent version updates",
      cluster,
      clusterInputs,
      { arcAgentProfile: { desiredAgentVersion: "1.40.0" } },
      ["arcAgentProfile"],
      [],
    ],
    [
      "a changed extension type replaces",
      extension,
      extensionInputs,
      { extensionType: "microsoft.dapr" },
      ["extensionType"],
      ["extensionType"],
    ],
    [
      "an extension type in another case is no change",
      extension,
      extensionInputs,
      { extensionType: "Microsoft.Flux" },
      [],
      [],
    ],
    ["a changed version upgrades in place", extension, extensionInputs, { version: "1.24.1" }, ["version"], []],
    [
      "a changed scope replaces",
      extension,
      extensionInputs,
      { scope: { cluster: { releaseNamespace: "x" } } },
      ["scope"],
      ["scope"],
    ],
    [
      "changed secrets update",
      extension,
      extensionInputs,
      { configurationProtectedSettings: { key: "new" } },
      ["configurationProtectedSettings"],
      [],
    ],
    ["empty settings are no settings", extension, extensionInputs, { configurationSettings: {} }, [], []],
    ["another cluster replaces", extension, extensionInputs, { cluster: `${clusterId}2` }, ["cluster"], ["cluster"]],
    [
      "a cluster that is not known yet replaces",
      extension,
      extensionInputs,
      { cluster: unknownValue },
      ["cluster"],
      ["cluster"],
    ],
    [
      "a changed path updates",
      flux,
      fluxInputs,
      { kustomizations: { apps: { path: "./other" } } },
      ["kustomizations"],
      [],
    ],
    [
      "a default interval written out is no change",
      flux,
      fluxInputs,
      { kustomizations: { apps: { path: "./apps", syncIntervalInSeconds: 600 } } },
      [],
      [],
    ],
    ["a changed namespace replaces", flux, fluxInputs, { namespace: "apps" }, ["namespace"], ["namespace"]],
    [
      "a value that is not known yet is a change",
      flux,
      fluxInputs,
      { gitRepository: { url: unknownValue } },
      ["gitRepository"],
      [],
    ],
  ] as const;

  test.each(cases)("%s", (_title, kind, before, change, changed, replaces) => {
    const found = diff(kind, { ...before, stateVersion: 1 }, { ...before, ...change });
    expect(found).toMatchObject({ changed, replaces, unfinished: undefined });
  });

  test("what the service detected is no input that was taken away", () => {
    const state = { ...clusterInputs, stateVersion: 1, distribution: "k3s", detected: ["distribution"] };
    expect(diff(cluster, state, clusterInputs).changed).toEqual([]);
  });

  test("a distribution that was given and is taken away is a change", () => {
    const state = { ...clusterInputs, stateVersion: 1, distribution: "k3s" };
    expect(diff(cluster, state, clusterInputs).changed).toEqual(["distribution"]);
  });

  test("a half-made resource has work left although no input changed", () => {
    const found = diff(cluster, { ...clusterInputs, unfinished: "connectivityStatus is Connecting" }, clusterInputs);
    expect(found).toMatchObject({ changed: [], unfinished: "connectivityStatus is Connecting" });
  });

  test("a state of a newer release is refused in words", () => {
    expect(() => diff(cluster, { ...clusterInputs, stateVersion: 99 }, clusterInputs)).toThrow(/newer release/);
  });

  test("any inputs compared with themselves show no change, and any changed tag shows as exactly that", () => {
    const tags = fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.string({ maxLength: 20 }), {
      maxKeys: 5,
    });
    const inputs = fc.record(
      {
        tags,
        distribution: fc.string(),
        context: fc.string({ minLength: 1 }),
        azureHybridBenefit: fc.constantFrom("True", "False"),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(inputs, tags, (given, otherTags) => {
        const before = { ...clusterInputs, ...given };
        expect(diff(cluster, before, structuredClone(before)).changed).toEqual([]);
        const after = { ...before, tags: { ...otherTags, added: "here" } };
        expect(diff(cluster, { ...before, tags: otherTags }, after).changed).toEqual(
          otherTags.added === "here" ? [] : ["tags"],
        );
      }),
    );
  });
});

describe("check", () => {
  const cases = [
    ["complete inputs are fine", cluster, clusterInputs, []],
    ["agents need a kubeconfig", cluster, { ...clusterInputs, kubeconfig: undefined }, ["kubeconfig"]],
    ["a record alone needs none", cluster, { ...clusterInputs, kubeconfig: undefined, agents: { install: false } }, []],
    ["a name must follow the rule of its type", cluster, { ...clusterInputs, name: "no good" }, ["name"]],
    ["a missing location is named", cluster, { ...clusterInputs, location: undefined }, ["location"]],
    ["a typing mistake is found", cluster, { ...clusterInputs, tgas: {} }, [""]],
    [
      "a nested problem is named by its path",
      cluster,
      { ...clusterInputs, agents: { timeoutSeconds: 1 } },
      ["agents.timeoutSeconds"],
    ],
    [
      "what is not known yet is taken as fine",
      cluster,
      { ...clusterInputs, location: unknownValue, tags: unknownValue },
      [],
    ],
    [
      "what is not known yet deep inside is taken as fine",
      flux,
      { ...fluxInputs, gitRepository: { url: unknownValue } },
      [],
    ],
    [
      "a pinned version does not follow new ones",
      extension,
      { ...extensionInputs, version: "1.0.0", autoUpgradeMinorVersion: true },
      ["autoUpgradeMinorVersion"],
    ],
    ["the source must be of the kind that is named", flux, { ...fluxInputs, sourceKind: "Bucket" }, ["sourceKind"]],
    [
      "a dependency must exist",
      flux,
      { ...fluxInputs, kustomizations: { apps: { dependsOn: ["infra"] } } },
      ["kustomizations.apps.dependsOn"],
    ],
    [
      "an address that Flux cannot use is named",
      flux,
      { ...fluxInputs, gitRepository: { url: "ftp://x" } },
      ["gitRepository.url"],
    ],
  ] as const;

  test.each(cases)("%s", (_title, kind, inputs, properties) => {
    expect(check(kind, inputs).map(({ property }) => property)).toEqual(properties);
  });
});
