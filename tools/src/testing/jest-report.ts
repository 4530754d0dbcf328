import { z } from "zod";

/** The parts of Jest's `--json` report that the counts come from. */
const JestReport = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line per failure: the test's full name, or the file that could not be run. */
  readonly failures: readonly string[];
}

/**
 * Counts what a suite's report says. A file that did not load, or whose set-up or tear-down failed, holds no failed test;
 * it counts as one, so that nothing broken can look like zero failures.
 * @param exitCode Jest's own; not zero without a counted failure is a failure of the run itself
 */
export function countResults(report: unknown, exitCode: number): Counts {
  const files = JestReport.parse(report).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  const failures = files.flatMap((file) => {
    const failed = file.assertionResults.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
    return failed.length === 0 && file.status === "failed"
      ? [`${file.name}: the file could not be run to its end`]
      : failed;
  });
  if (exitCode !== 0 && failures.length === 0) failures.push(`Jest ended with exit code ${exitCode}`);
  const passed = tests.filter(({ status }) => status === "passed").length;
  if (passed === 0 && failures.length === 0) failures.push("no test ran");
  return {
    passed,
    failed: failures.length,
    skipped: tests.filter(({ status }) => !["passed", "failed"].includes(status)).length,
    failures,
  };
}

/** What a suite counts as when there is no report, because it crashed or was stopped: what is known of it, and why. */
export const crashed = (why: string, known: { passed: readonly string[]; failed: readonly string[] }): Counts => ({
  passed: known.passed.length,
  failed: known.failed.length + 1,
  skipped: 0,
  failures: [...known.failed, why],
});
