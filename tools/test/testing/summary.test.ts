import { expect, test } from "@jest/globals";
import { crashed } from "../../src/testing/jest-report.ts";
import { suites } from "../../src/testing/suites.ts";
import { isSuccess, summarize } from "../../src/testing/summary.ts";

const [unit, repository] = suites;
if (unit === undefined || repository === undefined) throw new Error("there are at least two suites");

const nothing = { passed: [], failed: [] };
const passed = { suite: unit, passed: 7, failed: 0, skipped: 0, failures: [], durationMs: 1234, logFile: "unit.log" };
const broken = {
  suite: repository,
  ...crashed("it fell over\nat the end", nothing),
  durationMs: 10,
  logFile: "repository.log",
};

test("the last line of a run is the sum over all suites, a crashed one counting as one failure", () => {
  expect(summarize([passed, broken]).at(-1)).toBe("7 passed, 1 failed");
  expect(summarize([passed, broken]).join("\n")).toContain("it fell over\n           at the end");
  expect([isSuccess([passed]), isSuccess([passed, broken])]).toEqual([true, false]);
});
