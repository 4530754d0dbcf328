import { kindOf } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";
import { differencesFrom } from "../../src/inputs/differences.ts";

const flux = kindOf("fluxConfiguration");
const cluster = kindOf("connectedCluster");
const extension = kindOf("extension");

const inputs = {
  cluster: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c",
  name: "apps",
  sourceKind: "GitRepository",
  gitRepository: { url: "https://example.com/a.git" },
  kustomizations: { apps: { path: "./apps" } },
  configurationProtectedSettings: { httpsKey: "c2VjcmV0" },
};
type Given = Record<string, unknown>;
const record = (properties: Given, rest: Given = {}) => ({ id: "i", name: "n", type: "t", ...rest, properties });
const answered = (properties: Given) =>
  record({
    ...flux.definition.properties.parse(inputs),
    configurationProtectedSettings: { httpsKey: "" },
    provisioningState: "Succeeded",
    complianceState: "Compliant",
    ...properties,
  });

describe("a program and what is there", () => {
  test("agree when the record has the program's values and defaults for the rest", () => {
    expect(differencesFrom(flux, inputs, answered({}))).toEqual([]);
  });

  test("differ in the one nested value, by its path, with both sides", () => {
    const kustomizations = { apps: { path: "./other" } };
    expect(differencesFrom(flux, inputs, answered({ kustomizations }))).toEqual([
      { path: "kustomizations.apps.path", wanted: "./apps", found: "./other" },
    ]);
  });

  test("differ when the record has what the program leaves out, which the next update would take away", () => {
    const gitRepository = { ...inputs.gitRepository, provider: "GitHub" };
    expect(differencesFrom(flux, inputs, answered({ gitRepository }))).toEqual([
      { path: "gitRepository.provider", wanted: undefined, found: "GitHub" },
    ]);
    const wanted = { resourceGroup: "g", location: "x", name: "c", kubeconfig: "text" };
    expect(differencesFrom(cluster, wanted, record({ distributionVersion: "1.2" }))).toEqual([
      { path: "distributionVersion", wanted: undefined, found: "1.2" },
    ]);
  });

  test("differ in the names of secrets, never showing a value", () => {
    const found = differencesFrom(flux, inputs, answered({ configurationProtectedSettings: { sshPrivateKey: "" } }));
    expect(found.map(({ path }) => path)).toEqual([
      "configurationProtectedSettings.httpsKey",
      "configurationProtectedSettings.sshPrivateKey",
    ]);
    expect(JSON.stringify(found)).not.toContain("c2VjcmV0");
  });

  test("agree in secrets that the service does not even name", () => {
    expect(differencesFrom(flux, inputs, answered({ configurationProtectedSettings: null }))).toEqual([]);
  });

  test("differ in tags and location, and not in another spelling of the location", () => {
    const wanted = { resourceGroup: "g", location: "West Europe", name: "c", tags: { ring: "one" } };
    const there = { location: "westeurope", tags: { site: "berlin" } };
    expect(differencesFrom(cluster, wanted, record({}, there))).toEqual([
      { path: "tags.ring", wanted: "one", found: undefined },
      { path: "tags.site", wanted: undefined, found: "berlin" },
    ]);
    const moved = { ...wanted, location: "northeurope", tags: there.tags };
    expect(differencesFrom(cluster, moved, record({}, there)).map(({ path }) => path)).toEqual(["location"]);
  });

  test("agree in what agents detected, unless the record has no agents to detect it again", () => {
    const found = record({ distribution: "k3s", infrastructure: "generic" });
    const attached = { resourceGroup: "g", location: "x", name: "c" };
    expect(differencesFrom(cluster, attached, found)).toEqual([]);
    expect(
      differencesFrom(cluster, { ...attached, agents: { install: false } }, found).map(({ path }) => path),
    ).toEqual(["distribution", "infrastructure"]);
  });

  test("agree in what an update keeps: the scope of an extension, and upgrades that follow from the version", () => {
    const wanted = { cluster: inputs.cluster, name: "flux", extensionType: "Microsoft.Flux" };
    const scope = { cluster: { releaseNamespace: "flux-system" } };
    const found = { extensionType: "microsoft.flux", version: null, autoUpgradeMinorVersion: true, scope };
    expect(differencesFrom(extension, wanted, record(found))).toEqual([]);
    expect(differencesFrom(extension, wanted, record({ ...found, autoUpgradeMinorVersion: false }))).toEqual([
      { path: "autoUpgradeMinorVersion", wanted: true, found: false },
    ]);
  });
});
