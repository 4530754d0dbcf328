import { describe, expect, test } from "@jest/globals";
import { clusterAddresses, labAddresses, MAX_CLUSTERS, SLOTS } from "../../src/lab/address-plan.ts";

describe("the addresses of labs", () => {
  test("no two clusters of this machine share a device or an address", () => {
    const clusters = SLOTS.flatMap((slot) =>
      Array.from({ length: MAX_CLUSTERS }, (_, at) => clusterAddresses(slot, at + 1)),
    );
    expect(new Set(clusters.map((one) => one.veth)).size).toBe(clusters.length);
    expect(new Set(clusters.map((one) => one.nodeAddress)).size).toBe(clusters.length);
  });

  test("device names fit into the 15 characters Linux allows", () => {
    const last = clusterAddresses(SLOTS.length - 1, MAX_CLUSTERS);
    expect(last.veth.length).toBeLessThanOrEqual(15);
    expect(labAddresses(SLOTS.length - 1).bridge.length).toBeLessThanOrEqual(15);
  });

  test("the bridge has no node's address", () => {
    expect(clusterAddresses(3, 1).nodeAddress).toBe("10.213.3.11");
    expect(labAddresses(3).bridgeAddress).toBe("10.213.3.1");
  });

  test("refuses a cluster outside the range", () => {
    expect(() => clusterAddresses(0, MAX_CLUSTERS + 1)).toThrow(`clusters 1 to ${MAX_CLUSTERS}`);
    expect(() => clusterAddresses(0, 0)).toThrow("not 0");
  });
});
