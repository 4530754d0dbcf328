import { describe, expect, test } from "@jest/globals";
import { checkLabName, clusterPaths, labPaths, labsRoot } from "../../src/lab/lab-paths.ts";

describe("where a lab keeps its state", () => {
  test("is one folder for the machine, moved by ARCFLEET_STATE first and XDG_STATE_HOME second", () => {
    expect(labsRoot({ ARCFLEET_STATE: "/a", XDG_STATE_HOME: "/b" })).toBe("/a/labs");
    expect(labsRoot({ XDG_STATE_HOME: "/b" })).toBe("/b/arcfleet/labs");
    expect(labsRoot({})).toMatch(/\/\.local\/state\/arcfleet\/labs$/);
  });

  test("labs of the same name in two state folders have different marks in the kernel", () => {
    expect(labPaths("demo", "/a/labs").mark).not.toBe(labPaths("demo", "/b/labs").mark);
    expect(labPaths("demo", "/a/labs").mark).toBe(labPaths("demo", "/a/labs").mark);
  });

  test("each cluster has its own folder below the lab's", () => {
    expect(clusterPaths(labPaths("demo", "/a/labs"), "demo-2").kubeconfig).toBe("/a/labs/demo/demo-2/kubeconfig");
  });

  test.each(["", "Demo", "1demo", "../demo", "demo/x", "a-name-that-is-much-too-long"])(
    "refuses %j as a name of a lab",
    (name) => {
      expect(() => checkLabName(name)).toThrow("no name for a lab");
    },
  );
});
