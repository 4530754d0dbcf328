import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { clusterAddresses } from "../../src/lab/address-plan.ts";
import { writeClusterPki } from "../../src/lab/cluster-pki.ts";
import { kubeconfigServer } from "../../src/lab/kubeconfig.ts";
import { clusterPaths, labPaths } from "../../src/lab/lab-paths.ts";

describe("the files of a cluster's identity", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-pki-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("nobody but their owner can read them, and the kubeconfig points at the node", async () => {
    const paths = clusterPaths(labPaths("demo", folder), "demo-1");
    await writeClusterPki(paths, clusterAddresses(2, 1));
    const files = [paths.kubeconfig, ...readdirSync(paths.pki).map((name) => join(paths.pki, name))];
    expect(files.length).toBeGreaterThan(15);
    for (const file of files) expect([file, statSync(file).mode & 0o077]).toEqual([file, 0]);
    expect(kubeconfigServer(paths.kubeconfig)).toBe("https://10.213.2.11:6443");
  });

  test("a kubeconfig that is not there yet has no server", () => {
    expect(kubeconfigServer(join(folder, "none"))).toBe("");
  });
});
