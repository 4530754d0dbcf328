import { describe, expect, test } from "@jest/globals";
import { anyOf, mayMeetAnyOf } from "../../src/authorization/action-match.ts";

describe("an action pattern", () => {
  test.each([
    ["*", "anything/at/all", true],
    ["a/read", "A/Read", true],
    ["a/read", "a/reads", false],
    ["*/read", "x/y/read", true],
    ["*/read", "read", false],
    ["a/*", "a/b/c", true],
    ["a/*", "ab/c", false],
    ["a/*/read", "a/b/c/read", true],
    ["a/*/read", "a/read", false],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["*b*c*", "abbbc", true],
    ["*c*b", "abc", false],
    ["a/*", "a/*", true],
    ["a/b/read", "a/*", false],
    ["a.c/read", "abc/read", false],
  ])("%s, %s: %s", (pattern, action, matches) => {
    expect(anyOf([pattern])(action)).toBe(matches);
  });

  test.each([
    ["a/b/delete", "a/b/*", true],
    ["a/*", "a/b/*", true],
    ["a/c/*", "a/b/*", false],
    ["a/b/read", "a/b/delete", false],
    ["*/delete", "a/b/*", true],
  ])("taking away %s, asked for %s: %s", (pattern, action, meets) => {
    expect(mayMeetAnyOf([pattern])(action)).toBe(meets);
  });

  // Taken for a regular expression this would not end while the sun shines.
  test("of many stars ends, whoever wrote it", () => {
    const evil = `${"*a".repeat(250)}!`;
    expect(anyOf([evil])("a".repeat(1000))).toBe(false);
  });
});
