import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { labPaths } from "../../src/lab/lab-paths.ts";
import { readLabRecord, recordedClusters, recordedLabs, usedSlots, writeLabRecord } from "../../src/lab/lab-record.ts";

describe("what is recorded about labs", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "lab-record-"));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test("a record is read back, and its slot counts as used", () => {
    const lab = labPaths("demo", root);
    writeLabRecord(lab, { version: 1, driver: "bare", slot: 4 });
    expect(readLabRecord(lab.record)).toEqual({ version: 1, driver: "bare", slot: 4 });
    expect(recordedLabs(root)).toEqual(["demo"]);
    expect(usedSlots(root)).toEqual(new Set([4]));
  });

  test("clusters are found by their folders, in order of their numbers", () => {
    const lab = labPaths("demo", root);
    for (const name of ["demo-10", "demo-2", "demo-x", "other-1"])
      mkdirSync(join(lab.folder, name), { recursive: true });
    expect(recordedClusters(lab).map((one) => one.name)).toEqual(["demo-2", "demo-10"]);
  });

  test("a damaged record is an error that says how to get rid of it", () => {
    const lab = labPaths("demo", root);
    mkdirSync(lab.folder);
    writeFileSync(lab.record, '{"version":1');
    expect(() => readLabRecord(lab.record)).toThrow("lab -- down --all");
  });
});
