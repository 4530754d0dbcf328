import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { helmValues, SettingError } from "../../src/extension-manager/helm-values.ts";

describe("flat settings become Helm values", () => {
  test.each<[string, Record<string, string>, unknown]>([
    ["a path of keys", { "a.b.c": "x" }, { a: { b: { c: "x" } } }],
    ["several values under one key", { "a.b": "x", "a.c": "y" }, { a: { b: "x", c: "y" } }],
    ["hyphens in keys", { "source-controller.log-level": "debug" }, { "source-controller": { "log-level": "debug" } }],
    ["true and false", { a: "true", b: "false" }, { a: true, b: false }],
    ["null, which takes a default away", { a: "null" }, { a: null }],
    ["whole numbers", { a: "0", b: "-12", c: "42" }, { a: 0, b: -12, c: 42 }],
    [
      "texts that only look like numbers",
      { a: "007", b: "1.5", c: "1e3", d: "12345678901234567890" },
      { a: "007", b: "1.5", c: "1e3", d: "12345678901234567890" },
    ],
    ["indexes", { "a[1].b": "y", "a[0].b": "x" }, { a: [{ b: "x" }, { b: "y" }] }],
    ["lists in lists", { "a[0][1]": "x" }, { a: [[null, "x"]] }],
    [
      "dots inside of keys",
      { "nodeSelector.kubernetes\\.io/os": "linux" },
      { nodeSelector: { "kubernetes.io/os": "linux" } },
    ],
    ["empty texts", { a: "" }, { a: "" }],
    ["commas and braces as they are", { a: "{x,y}", b: "a=b,c" }, { a: "{x,y}", b: "a=b,c" }],
  ])("%s", (_, settings, values) => expect(helmValues(settings)).toEqual(values));

  test("protected settings win over open ones", () => {
    expect(helmValues({ a: "open", b: "open" }, { a: "protected" })).toEqual({ a: "protected", b: "open" });
  });

  test.each<[string, Record<string, string>]>([
    ["a value and something below it", { a: "x", "a.b": "y" }],
    ["a list and keys", { "a[0]": "x", "a.b": "y" }],
    ["an empty key", { "a..b": "x" }],
    ["an index that is none", { "a[x]": "y" }],
    ["a bracket that is not closed", { "a[0": "y" }],
    ["a list of absurd length", { "a[99999]": "y" }],
    ["text after a bracket", { "a[0]b": "y" }],
    ["a reach for the prototype", { "__proto__.polluted": "y" }],
    ["absurd depth", { [Array.from({ length: 40 }, () => "a").join(".")]: "x" }],
  ])("refuses %s, and names the setting without its value", (_, settings) => {
    const secret = { ...settings, ...Object.fromEntries(Object.keys(settings).map((key) => [key, "hunter2"])) };
    expect(() => helmValues(secret)).toThrow(SettingError);
    expect(() => helmValues(secret)).not.toThrow(/hunter2/);
  });

  test("the order of the settings does not matter", () => {
    const key = fc.stringMatching(/^[a-z]{1,3}(\.[a-z]{1,3}){0,2}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.string()), (settings) => {
        const render = (map: Record<string, string>) => {
          try {
            return JSON.stringify(helmValues(map));
          } catch {
            return "refused";
          }
        };
        expect(render(Object.fromEntries(Object.entries(settings).reverse()))).toBe(render(settings));
      }),
    );
  });
});
