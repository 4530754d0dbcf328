import { describe, expect, test } from "@jest/globals";
import { assignRings } from "../../src/fleet/assign-rings.ts";
import type { RingArgs } from "../../src/fleet/fleet-args.ts";

const cluster = (name: string, ring: string) => ({ name, location: "westeurope", tags: { ring } });
const clusters = [cluster("a", "one"), cluster("b", "two"), cluster("c", "one"), cluster("d", "three")];
const where = (ring: string) => ({ tags: { ring } });

const assign = (...rings: RingArgs[]) =>
  assignRings("prod", rings, clusters).map(({ args, clusters: own }) => [args.name, own.map(({ name }) => name)]);

describe("clusters are put into rings", () => {
  test("by selector, in their own order, and the last ring takes what is left", () => {
    expect(assign({ name: "one", where: where("one") }, { name: "rest" })).toEqual([
      ["one", ["a", "c"]],
      ["rest", ["b", "d"]],
    ]);
  });

  test("once: the first ring that selects a cluster has it", () => {
    expect(
      assign({ name: "first", where: { names: ["a"] } }, { name: "one", where: where("one") }, { name: "rest" }),
    ).toEqual([
      ["first", ["a"]],
      ["one", ["c"]],
      ["rest", ["b", "d"]],
    ]);
  });

  test.each([
    [
      "a ring without a cluster",
      [{ name: "none", where: where("nowhere") }, { name: "rest" }],
      /none .*no cluster.*"ring":"nowhere"/,
    ],
    ["a ring behind one that takes all", [{ name: "all" }, { name: "late" }], /late .*the rings before it took all/],
    ["a cluster without a ring", [{ name: "one", where: where("one") }], /in none of its rings: b, d\./],
    ["two rings with one name", [{ name: "one", where: where("one") }, { name: "one" }], /two rings with the name one/],
    ["no cluster at once", [{ name: "all", maxAtOnce: 0 }], /maxAtOnce 0/],
  ] as const)("%s is refused", (_what, rings, message) => {
    expect(() => assign(...rings)).toThrow(message);
  });
});
