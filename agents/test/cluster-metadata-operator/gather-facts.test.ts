import { describe, expect, test } from "@jest/globals";
import { gatherFacts, parseCores } from "../../src/cluster-metadata-operator/gather-facts.ts";

const node = (cpu: string) => ({ metadata: {}, spec: { providerID: "kind://n" }, status: { capacity: { cpu } } });
const observed = { gitVersion: "v1.34.2", nodes: [node("2"), node("1930m")], agentVersion: "1.40.0" };

describe("gatherFacts", () => {
  test("counts nodes and cores and detects what was not given", () => {
    expect(gatherFacts({ ...observed, distribution: "", infrastructure: "" })).toEqual({
      kubernetesVersion: "1.34.2",
      totalNodeCount: 2,
      totalCoreCount: 4,
      agentVersion: "1.40.0",
      distribution: "kind",
      infrastructure: "generic",
    });
  });

  test("what was given when attaching wins", () => {
    const facts = gatherFacts({ ...observed, distribution: "k3s", infrastructure: "aws" });
    expect(facts).toMatchObject({ distribution: "k3s", infrastructure: "aws" });
  });
});

test.each([
  ["2", 2],
  ["1930m", 1.93],
  ["0.5", 0.5],
])("parseCores reads %s", (text, cores) => expect(parseCores(text)).toBe(cores));

test("parseCores refuses what is no quantity", () => {
  expect(() => parseCores("many")).toThrow("'many' is not a CPU quantity");
});
