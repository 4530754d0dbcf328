import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  clusterCgroups,
  createCgroup,
  membershipFiles,
  memoryMbOf,
  parseHierarchies,
  processesIn,
} from "../../src/lab/cgroups.ts";

describe("cgroup file systems in the mount table", () => {
  test("finds the hierarchies of version 1 and the unified one beside them", () => {
    const mounts = [
      "tmpfs /sys/fs/cgroup tmpfs rw,mode=755 0 0",
      "cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0",
      "cgroup /sys/fs/cgroup/systemd cgroup rw,name=systemd 0 0",
      "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0",
      "cgroup2 /somewhere/else cgroup2 rw 0 0",
    ].join("\n");
    expect(parseHierarchies(mounts)).toEqual([
      { path: "/sys/fs/cgroup/cpu", kind: "v1" },
      { path: "/sys/fs/cgroup/systemd", kind: "v1" },
      { path: "/sys/fs/cgroup/unified", kind: "v2" },
    ]);
  });

  test("finds the single hierarchy of a machine with version 2 only", () => {
    expect(parseHierarchies("cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")).toEqual([
      { path: "/sys/fs/cgroup", kind: "v2" },
    ]);
  });

  test("components and pods of a cluster have separate folders", () => {
    expect(clusterCgroups("demo-1a2b3c", "demo-1")).toEqual({
      components: "arcfleet-lab/demo-1a2b3c/demo-1/components",
      pods: "arcfleet-lab/demo-1a2b3c/demo-1/pods",
    });
  });
});

// Plain folders stand for the cgroup file systems: which files are written, and with what, is all that matters here.
describe("a cgroup folder of a lab", () => {
  let mount: string;
  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), "lab-cgroups-"));
  });
  afterEach(() => rmSync(mount, { recursive: true, force: true }));

  test("is made with the parent's processors, without which nothing may join it", () => {
    writeFileSync(join(mount, "cpuset.cpus"), "0-1\n");
    writeFileSync(join(mount, "cpuset.mems"), "0\n");
    for (const folder of ["a", "a/b"]) {
      mkdirSync(join(mount, folder));
      for (const file of ["cpuset.cpus", "cpuset.mems"]) writeFileSync(join(mount, folder, file), "\n");
    }
    createCgroup("a/b", [{ path: mount, kind: "v1" }]);
    expect(readFileSync(join(mount, "a/b/cpuset.cpus"), "utf8")).toBe("0-1\n");
    expect(readFileSync(join(mount, "a/b/cpuset.mems"), "utf8")).toBe("0\n");
  });

  test("hands every controller down to its children on version 2", () => {
    for (const folder of ["", "a"]) {
      mkdirSync(join(mount, folder), { recursive: true });
      writeFileSync(join(mount, folder, "cgroup.controllers"), "cpu memory pids\n");
    }
    createCgroup("a/b", [{ path: mount, kind: "v2" }]);
    for (const folder of ["", "a"]) {
      expect(readFileSync(join(mount, folder, "cgroup.subtree_control"), "utf8")).toBe("+cpu +memory +pids");
    }
  });

  test("knows all processes below it, each once", () => {
    mkdirSync(join(mount, "a/b"), { recursive: true });
    writeFileSync(join(mount, "a/cgroup.procs"), "30\n");
    writeFileSync(join(mount, "a/b/cgroup.procs"), "0\n7\n30\n");
    expect(processesIn("a", [{ path: mount, kind: "v1" }])).toEqual([7, 30]);
    expect(processesIn("none", [{ path: mount, kind: "v1" }])).toEqual([]);
  });

  test("is joined through one file of each hierarchy", () => {
    const found = [
      { path: "/c/cpu", kind: "v1" as const },
      { path: "/c/unified", kind: "v2" as const },
    ];
    expect(membershipFiles("a/b", found)).toEqual(["/c/cpu/a/b/cgroup.procs", "/c/unified/a/b/cgroup.procs"]);
  });

  test.each([
    ["version 1", "rss 1\ntotal_rss 104857600\n"],
    ["version 2", "anon 104857600\nfile 5\n"],
  ])("reads the memory its processes own from the statistics of %s", (_, text) => {
    mkdirSync(join(mount, "a"));
    writeFileSync(join(mount, "a/memory.stat"), text);
    expect(memoryMbOf("a", [{ path: mount, kind: "v1" }])).toBe(100);
  });
});
