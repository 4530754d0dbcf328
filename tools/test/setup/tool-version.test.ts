import { describe, expect, test } from "@jest/globals";
import { isAccepted, readVersion } from "../../src/setup/tool-version.ts";

describe("readVersion", () => {
  test.each([
    ["v3.19.4", "3.19.4"],
    ["Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0", "1.32.4"],
    ["containerd github.com/containerd/containerd 1.6.20~ds1 1.6.20~ds1-1+deb12u3", "1.6.20"],
    ["runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev", "1.1.5"],
    ["etcd Version: 3.4.23\nGit SHA: Not provided", "3.4.23"],
    ["ip utility, iproute2-6.1.0, libbpf 1.1.2", "6.1.0"],
    ["kind v0.24.0 go1.22.6 linux/amd64", "0.24.0"],
    ["tool 7.2", "7.2.0"],
  ])("finds the version in what a program says: %j", (answer, version) => {
    expect(readVersion(answer)).toBe(version);
  });

  test("says nothing about an answer without a version", () => {
    expect(readVersion("command not found")).toBeUndefined();
  });
});

describe("isAccepted", () => {
  const helm = { atLeast: "3.17.0", below: "4.0.0" };

  test.each(["3.17.0", "3.17.1", "3.19.4", "3.100.0"])("takes %s", (version) => {
    expect(isAccepted(version, helm)).toBe(true);
  });

  test.each(["3.16.9", "2.99.0", "4.0.0", "4.1.0"])("refuses %s", (version) => {
    expect(isAccepted(version, helm)).toBe(false);
  });
});
