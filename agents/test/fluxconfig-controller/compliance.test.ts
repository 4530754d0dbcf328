import type { ComplianceState } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import type { ManagedStatus } from "../../src/custom-resources/flux-config.ts";
import type { FluxObject } from "../../src/custom-resources/flux-objects.ts";
import { type Evidence, verdictOf, worst } from "../../src/fluxconfig-controller/compliance.ts";
import { fluxObject } from "./sample.ts";

const before = (complianceState: ComplianceState, generation = 2): ManagedStatus => ({
  kind: "Kustomization",
  name: "x",
  namespace: "team",
  complianceState,
  message: "as it was",
  conditions: [{ type: "Ready", status: "True", observedGeneration: generation }],
});

describe("the state of one Flux object", () => {
  test.each<[string, FluxObject | undefined, Evidence, ComplianceState]>([
    ["does not exist yet", undefined, {}, "Pending"],
    ["was not looked at yet", fluxObject({}), {}, "Pending"],
    ["is suspended", fluxObject({ suspend: true, ready: "False" }), {}, "Suspended"],
    ["is ready", fluxObject({ ready: "True" }), {}, "Compliant"],
    ["is ready, but of an earlier generation", fluxObject({ ready: "True", observed: 1 }), {}, "Pending"],
    ["failed", fluxObject({ ready: "False", reason: "GitOperationFailed" }), {}, "Non-Compliant"],
    ["failed in an earlier generation", fluxObject({ ready: "False", observed: 1 }), {}, "Pending"],
    [
      "failed, which only the condition says of this generation",
      fluxObject({ ready: "False", observed: 1, conditionObserved: 2 }),
      {},
      "Non-Compliant",
    ],
    ["waits for another", fluxObject({ ready: "False", reason: "DependencyNotReady" }), {}, "Pending"],
    [
      "waits for its source",
      fluxObject({ ready: "False", reason: "ArtifactFailed", message: "Source artifact not found, retrying in 5s" }),
      { expectedRevision: "main@sha1:a" },
      "Pending",
    ],
    [
      "names a path that is not there",
      fluxObject({ ready: "False", reason: "ArtifactFailed", message: "kustomization path not found: stat /x" }),
      { expectedRevision: "main@sha1:a" },
      "Non-Compliant",
    ],
    [
      "applied the newest revision",
      fluxObject({ ready: "True", applied: "r2" }),
      { expectedRevision: "r2" },
      "Compliant",
    ],
    [
      "has not applied the newest revision",
      fluxObject({ ready: "True", applied: "r1" }),
      { expectedRevision: "r2" },
      "Pending",
    ],
    ["is at it for the first time", fluxObject({ ready: "Unknown" }), {}, "Pending"],
    [
      "was good and is looked at again",
      fluxObject({ ready: "Unknown", applied: "r1", attempted: "r1" }),
      { expectedRevision: "r1", previous: before("Compliant") },
      "Compliant",
    ],
    [
      "was good and gets a new revision",
      fluxObject({ ready: "Unknown", applied: "r1", attempted: "r2" }),
      { expectedRevision: "r2", previous: before("Compliant") },
      "Pending",
    ],
    [
      "failed and is tried again",
      fluxObject({ ready: "Unknown", attempted: "r1" }),
      { expectedRevision: "r1", previous: before("Non-Compliant") },
      "Non-Compliant",
    ],
    [
      "failed in an earlier generation and is tried",
      fluxObject({ ready: "Unknown", attempted: "r1" }),
      { expectedRevision: "r1", previous: before("Non-Compliant", 1) },
      "Pending",
    ],
    [
      "was pending and is at it",
      fluxObject({ ready: "Unknown", attempted: "r1" }),
      { expectedRevision: "r1", previous: before("Pending") },
      "Pending",
    ],
  ])("that %s", (_, object, evidence, state) => expect(verdictOf(object, evidence).state).toBe(state));

  test("carries Flux's own words", () => {
    expect(verdictOf(fluxObject({ ready: "False", message: "no such branch" })).message).toBe("no such branch");
  });

  test("that failed keeps its message while it is tried again", () => {
    const object = fluxObject({ ready: "Unknown", message: "Reconciliation in progress" });
    expect(verdictOf(object, { previous: before("Non-Compliant") }).message).toBe("as it was");
  });
});

describe("the state of a configuration", () => {
  test.each<[ComplianceState[], ComplianceState]>([
    [["Compliant", "Compliant"], "Compliant"],
    [["Compliant", "Suspended"], "Suspended"],
    [["Suspended", "Unknown"], "Unknown"],
    [["Unknown", "Pending"], "Pending"],
    [["Pending", "Non-Compliant", "Compliant"], "Non-Compliant"],
    [[], "Unknown"],
  ])("of %j is %s", (states, state) => expect(worst(states)).toBe(state));
});
