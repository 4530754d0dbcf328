import { describe, expect, test } from "@jest/globals";
import { clustersOfLab, createArguments, deleteArguments, gatewayAddress } from "../../src/lab/kind-cluster.ts";
import { labPaths } from "../../src/lab/lab-paths.ts";

const lab = labPaths("demo", "/state");

describe("a lab of kind clusters", () => {
  test("kind writes the kubeconfig into the state folder, never into the user's own", () => {
    const name = `${lab.mark}-1`;
    expect(createArguments(lab, name)).toEqual(
      expect.arrayContaining(["create", "cluster", "--name", name, "--kubeconfig", `/state/demo/${name}/kubeconfig`]),
    );
    expect(deleteArguments(name, "/k")).toEqual(["delete", "cluster", "--name", name, "--kubeconfig", "/k"]);
  });

  test("only clusters of this lab are taken from kind's list", () => {
    const list = `kind\n${lab.mark}-1\n${lab.mark}-12\n${lab.mark}-x\nother-${lab.mark}-1\n`;
    expect(clustersOfLab(list, lab)).toEqual([`${lab.mark}-1`, `${lab.mark}-12`]);
  });

  test("pods reach this machine through the IPv4 gateway of kind's network", () => {
    const inspected = [{ IPAM: { Config: [{ Gateway: "fc00:f853::1" }, { Gateway: "172.18.0.1" }] } }];
    expect(gatewayAddress(JSON.stringify(inspected))).toBe("172.18.0.1");
    expect(() => gatewayAddress(JSON.stringify([{ IPAM: { Config: [{}] } }]))).toThrow("no IPv4 gateway");
  });
});
