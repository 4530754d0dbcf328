import { describe, expect, test } from "@jest/globals";
import { Names, variableFor } from "../../src/export/names.ts";

describe("the variable of a resource", () => {
  test.each([
    ["shop-berlin", "shopBerlin"],
    ["east", "east"],
    ["AKS-west_2", "aksWest2"],
    ["Berlin", "berlin"],
    ["my.extension", "myExtension"],
    ["7eleven", "cluster7eleven"],
    ["new", "clusterNew"],
    ["--", "cluster"],
    ["café", "café"],
  ])("of %s is %s", (name, variable) => {
    expect(variableFor(name, "cluster")).toBe(variable);
    expect(() => new Function(`const ${variable} = 1;`)).not.toThrow();
  });
});

test("a name is given once: the next suggestion is taken, then a number", () => {
  const names = new Names(["config"]);
  expect([
    names.choose("east", "fleet-east"),
    names.choose("east", "fleet-east"),
    names.choose("east", "fleet-east"),
  ]).toEqual(["east", "fleet-east", "fleet-east2"]);
  expect(names.choose("config")).toBe("config2");
});
