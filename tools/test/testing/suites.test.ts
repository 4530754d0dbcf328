import { describe, expect, test } from "@jest/globals";
import { chooseSuites, suites } from "../../src/testing/suites.ts";

describe("choosing suites", () => {
  test("takes all of them when none is named", () => {
    expect(chooseSuites([])).toEqual({ chosen: suites, patterns: [] });
  });

  test("takes the named ones and leaves paths to Jest", () => {
    const { chosen, patterns } = chooseSuites(["unit", "control-plane/test"]);
    expect(chosen.map(({ name }) => name)).toEqual(["unit"]);
    expect(patterns).toEqual(["control-plane/test"]);
  });

  test("refuses a word that is neither", () => {
    expect(() => chooseSuites(["unti"])).toThrow('there is no suite "unti"; the suites are unit, repository');
  });
});
