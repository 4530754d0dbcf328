// A Jest reporter that tells the runner (run-suite.ts) over file descriptor 3, one JSON line each, which test file and which
// test began and how it ended. Plain JavaScript with a default export, because that is what Jest loads.
import { writeSync } from "node:fs";

const tell = (event) => writeSync(3, `${JSON.stringify(event)}\n`);

export default class ProgressReporter {
  onTestFileStart(test) {
    tell({ kind: "file began", file: test.path });
  }

  onTestCaseStart(test, { fullName }) {
    tell({ kind: "test began", file: test.path, name: fullName });
  }

  onTestCaseResult(test, { fullName, status, duration }) {
    tell({ kind: "test ended", file: test.path, name: fullName, status, durationMs: duration ?? 0 });
  }

  onTestFileResult(test, { testExecError }) {
    tell({ kind: "file ended", file: test.path, isBroken: Boolean(testExecError) });
  }
}
