import { kindOf } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";
import { reconcileInputs } from "../../src/inputs/reconcile.ts";

const flux = kindOf("fluxConfiguration");
const cluster = kindOf("connectedCluster");
const inputs = {
  cluster: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c",
  name: "apps",
  sourceKind: "GitRepository",
  gitRepository: { url: "https://example.com/a.git" },
  kustomizations: { apps: { path: "./apps" } },
  configurationProtectedSettings: { httpsKey: "c2VjcmV0" },
};
const answered = {
  ...flux.definition.properties.parse(inputs),
  configurationProtectedSettings: { httpsKey: "" },
  provisioningState: "Succeeded",
  complianceState: "Compliant",
};
const record = (properties: object) => ({ id: "i", name: "n", type: "t", properties: { ...answered, ...properties } });

describe("inputs after a refresh", () => {
  test("stay as they were written when the service answers them with its defaults", () => {
    expect(reconcileInputs(flux, inputs, record({}))).toEqual(inputs);
  });

  test("keep the secrets, which the service never returns", () => {
    const found = reconcileInputs(flux, inputs, record({ suspend: true }));
    expect(found.configurationProtectedSettings).toEqual({ httpsKey: "c2VjcmV0" });
    expect(found.suspend).toBe(true);
  });

  test("show a changed path", () => {
    const changed = { apps: { path: "./other" } };
    expect(reconcileInputs(flux, inputs, record({ kustomizations: changed }))).toMatchObject({
      kustomizations: { apps: { path: "./other" } },
    });
  });

  test("show an entry that someone added to a map", () => {
    const kustomizations = { ...inputs.kustomizations, extra: { path: "./extra" } };
    expect(Object.keys(Object(reconcileInputs(flux, inputs, record({ kustomizations })).kustomizations))).toContain(
      "extra",
    );
  });

  test("do not show what the service chose where the user chose nothing", () => {
    const found = reconcileInputs(
      flux,
      inputs,
      record({ gitRepository: { ...inputs.gitRepository, provider: "GitHub" } }),
    );
    expect(found).toEqual(inputs);
  });

  test("show changed and removed tags, and not a location in another spelling", () => {
    const wanted = { resourceGroup: "g", location: "West Europe", name: "c", tags: { ring: "one" } };
    const found = reconcileInputs(cluster, wanted, {
      id: "i",
      name: "c",
      type: "t",
      location: "westeurope",
      properties: {},
    });
    expect(found).toEqual({ ...wanted, tags: {} });
  });
});
