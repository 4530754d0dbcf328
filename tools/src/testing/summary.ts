import type { SuiteResult } from "./run-suite.ts";

const seconds = (durationMs: number): string => `${(durationMs / 1000).toFixed(1)} s`;

/** The last lines of a test run: what failed, a row per suite, and as the very last line the counts. */
export function summarize(results: readonly SuiteResult[]): string[] {
  const failures = results.flatMap(({ suite, failures, logFile }) => [
    ...failures.map((failure) => `  FAILED ${suite.name}: ${failure.replaceAll("\n", "\n           ")}`),
    ...(failures.length === 0 ? [] : [`         see ${logFile}`]),
  ]);
  const rows = results.map(({ suite, passed, failed, skipped, durationMs }) => {
    const skips = skipped === 0 ? "" : `, ${skipped} skipped`;
    return `  ${suite.name.padEnd(10)} ${passed} passed, ${failed} failed${skips} in ${seconds(durationMs)}`;
  });
  const total = (pick: (result: SuiteResult) => number): number =>
    results.reduce((sum, result) => sum + pick(result), 0);
  const closing = `${total(({ passed }) => passed)} passed, ${total(({ failed }) => failed)} failed`;
  return ["", ...failures, ...(failures.length === 0 ? [] : [""]), ...rows, "", closing];
}

/** Whether the run as a whole is a success. */
export const isSuccess = (results: readonly SuiteResult[]): boolean => results.every(({ failed }) => failed === 0);
