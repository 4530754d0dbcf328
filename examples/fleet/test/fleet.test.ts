import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mockFleet } from "@arcfleet/sdk/testing";

const program = new URL("../index.ts", import.meta.url);
const config = {
  kubeconfigs: ["./berlin.kubeconfig", "./oslo.kubeconfig", "./lyon.kubeconfig"],
  gitUrl: "https://git.example.com/fleet.git",
};

describe("the fleet", () => {
  test("has one canary", async () => {
    const fleet = await mockFleet(program, { config });
    const rings = fleet.clusters.map(({ inputs }) => inputs.tags);
    assert.deepEqual(rings, [{ ring: "canary" }, { ring: "stable" }, { ring: "stable" }]);
  });

  test("keeps every kubeconfig secret", async () => {
    const fleet = await mockFleet(program, { config });
    for (const cluster of fleet.clusters) assert.ok(cluster.secrets.includes("kubeconfig"), cluster.name);
  });

  test("gives Flux to a cluster before it gives it applications", async () => {
    const fleet = await mockFleet(program, { config });
    assert.equal(fleet.configurations.length, 3);
    for (const { name, dependencies } of fleet.configurations) {
      const flux = fleet.find(name.replace("-apps", "-flux"), "extension");
      assert.ok(dependencies.includes(flux), name);
    }
  });

  test("tells when a cluster is offline", async () => {
    const { exports } = await mockFleet(program, { config, outputs: { west: { connectivityStatus: "Offline" } } });
    assert.partialDeepStrictEqual(exports, { clusters: [{ name: "west", connectivity: "Offline" }] });
  });

  test("is refused with a location that is none, in the words of pulumi preview", async () => {
    await assert.rejects(mockFleet(program, { config: { ...config, location: "" } }), /property location/);
  });
});
