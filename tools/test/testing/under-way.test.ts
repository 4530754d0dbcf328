import { expect, test } from "@jest/globals";
import { repositoryRoot } from "../../src/setup/repository.ts";
import type { Progress } from "../../src/testing/progress.ts";
import { createUnderWay } from "../../src/testing/under-way.ts";

let now = 0;
const at = (seconds: number, underWay: ReturnType<typeof createUnderWay>, progress: Progress): void => {
  now = seconds * 1000;
  underWay.note(progress);
};
const file = `${repositoryRoot}/cli/test/one.test.ts`;
const other = `${repositoryRoot}/cli/test/other.test.ts`;

test("what is under way are the files that have begun and not ended, and their tests", () => {
  now = 0;
  const underWay = createUnderWay(() => now);
  expect(underWay.standing().doing).toEqual([]);
  at(0, underWay, { kind: "file began", file });
  at(1, underWay, { kind: "file began", file: other });
  at(2, underWay, { kind: "test began", file, name: "a" });
  at(3, underWay, { kind: "test ended", file, name: "a", status: "passed", durationMs: 1000 });
  at(3, underWay, { kind: "test began", file, name: "b" });
  at(10, underWay, { kind: "test began", file, name: "c" });
  now = 70_000;
  expect(underWay.standing().doing).toEqual([
    `cli/test/one.test.ts (for 1 min 10 s, 1 ended): "b" for 1 min 7 s, "c" for 1 min 0 s`,
    "cli/test/other.test.ts (for 1 min 9 s, 0 ended): in no test (imports, set-up or tear-down) for 1 min 9 s",
  ]);
  at(80, underWay, { kind: "test ended", file, name: "b", status: "failed", durationMs: 77_000 });
  at(81, underWay, { kind: "test ended", file, name: "c", status: "passed", durationMs: 71_000 });
  at(82, underWay, { kind: "file ended", file: other, isBroken: true });
  now = 90_000;
  expect(underWay.standing().doing).toEqual([
    "cli/test/one.test.ts (for 1 min 30 s, 3 ended): in no test (imports, set-up or tear-down) for 9 s",
  ]);
  at(91, underWay, { kind: "file ended", file, isBroken: false });
  expect(underWay.standing().doing).toEqual([]);
  expect(underWay.standing().passed).toEqual(["a", "c"]);
  expect(underWay.standing().failed).toEqual(["b", "cli/test/other.test.ts: the file could not be run to its end"]);
});
