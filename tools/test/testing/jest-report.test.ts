import { describe, expect, test } from "@jest/globals";
import { countResults } from "../../src/testing/jest-report.ts";

const file = (status: string, ...statuses: string[]) => ({
  name: "/repo/some.test.ts",
  status,
  assertionResults: statuses.map((one, at) => ({ fullName: `test ${at}`, status: one })),
});

describe("the counts of a suite", () => {
  test("are those of its tests", () => {
    const report = { testResults: [file("failed", "passed", "failed"), file("passed", "passed", "pending")] };
    expect(countResults(report, 1)).toEqual({ passed: 2, failed: 1, skipped: 1, failures: ["test 1"] });
  });

  test("hold one failure for a file that did not load", () => {
    expect(countResults({ testResults: [file("failed"), file("passed", "passed")] }, 1)).toMatchObject({
      passed: 1,
      failed: 1,
    });
  });

  test("hold one failure for a file whose tear-down failed", () => {
    expect(countResults({ testResults: [file("failed", "passed")] }, 1)).toMatchObject({ passed: 1, failed: 1 });
  });

  test("hold a failure when Jest failed without saying why", () => {
    expect(countResults({ testResults: [file("passed", "passed")] }, 1)).toMatchObject({ failed: 1 });
  });

  test("hold a failure when no test ran", () => {
    expect(countResults({ testResults: [] }, 0)).toMatchObject({ passed: 0, failed: 1 });
  });
});
