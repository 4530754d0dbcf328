import { expect, test } from "@jest/globals";
import { EngineEvent, toStep } from "../../src/pulumi/engine-event.ts";

test("a step carries its logical name and the changed properties with their kinds", () => {
  const { resourcePreEvent } = EngineEvent.parse({
    sequence: 3,
    resourcePreEvent: {
      metadata: {
        op: "update",
        urn: "urn:pulumi:s::p::t::east-apps",
        type: "t",
        detailedDiff: { "kustomizations.apps.path": { diffKind: "update", inputDiff: true } },
      },
    },
  });
  expect(resourcePreEvent && toStep(resourcePreEvent.metadata)).toEqual({
    op: "update",
    urn: "urn:pulumi:s::p::t::east-apps",
    type: "t",
    name: "east-apps",
    changes: { "kustomizations.apps.path": "update" },
  });
});
