import { describe, expect, test } from "@jest/globals";
import { type Selector, selects } from "../../src/fleet/selector.ts";

const east = { name: "east", location: "westeurope", tags: { ring: "canary", gpu: "yes" } };

describe("a selector", () => {
  const cases: readonly (readonly [string, Selector | undefined, boolean])[] = [
    ["that is not given is for all", undefined, true],
    ["without anything is for all", {}, true],
    ["wants each of its tags", { tags: { ring: "canary", gpu: "yes" } }, true],
    ["is not content with one of them", { tags: { ring: "canary", gpu: "no" } }, false],
    ["does not take an absent tag for any", { tags: { site: "berlin" } }, false],
    ["finds a name among several", { names: ["west", "east"] }, true],
    ["finds no name that is not there", { names: ["west"] }, false],
    ["finds a location", { location: "westeurope" }, true],
    ["wants all that it says", { tags: { ring: "canary" }, location: "northeurope" }, false],
    ["may be a function", ({ tags }) => tags.ring !== "canary", false],
  ];
  test.each(cases)("%s", (_what, where, expected) => {
    expect(selects(where, east)).toBe(expected);
  });
});
