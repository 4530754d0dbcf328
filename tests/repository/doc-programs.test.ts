import { expect, test } from "@jest/globals";
import { docPrograms, problemsIn } from "../support/doc-programs.ts";

/** Planted, so that the check is seen to find something. */
const wrong = { page: "wrong.md", line: 10, source: 'const one = 1;\nnew ConnectedCluster("x", { location: one });\n' };

test("the programs in the pages compile, and one that does not is found by page and line", () => {
  const programs = docPrograms();
  expect(programs.map(({ page }) => page)).toContain("README.md");
  expect(problemsIn([...programs, wrong])).toEqual([expect.stringMatching(/^wrong\.md:11: /)]);
});
