// A Jest reporter that tells the runner (run-suite.ts) over file descriptor 3, one JSON line each, which test ended how.
// Plain JavaScript with a default export, because that is what Jest loads.
import { writeSync } from "node:fs";

const tell = (event) => writeSync(3, `${JSON.stringify(event)}\n`);

export default class ProgressReporter {
  onTestCaseResult(test, result) {
    tell({ file: test.path, name: result.fullName, status: result.status, durationMs: result.duration ?? 0 });
  }

  onTestFileResult(test, result) {
    if (result.testExecError) tell({ file: test.path, name: "(file)", status: "failed", durationMs: 0 });
  }
}
