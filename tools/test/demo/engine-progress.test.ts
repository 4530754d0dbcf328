import { expect, test } from "@jest/globals";
import { engineProgress } from "../../src/demo/engine-progress.ts";

const step = (op: string, name: string) => ({
  metadata: {
    op,
    urn: `urn:pulumi:s::fleet::pulumi-nodejs:dynamic/arcfleet:ConnectedCluster::${name}`,
    type: "pulumi-nodejs:dynamic/arcfleet:ConnectedCluster",
  },
});

test("the engine's events become lines for a person, without colours and without what does not change", () => {
  const lines: string[] = [];
  const take = engineProgress((line) => lines.push(line));
  const { urn } = step("create", "east").metadata;
  take({ resourcePreEvent: step("same", "west") });
  take({ resourcePreEvent: step("create", "east") });
  take({ diagnosticEvent: { urn, message: "<{%reset%}>3 of 6 agents ready<{%reset%}>\n", severity: "info" } });
  take({ diagnosticEvent: { urn, message: "lots of detail", severity: "debug" } });
  take({ diagnosticEvent: { urn, message: "no rights", severity: "error" } });
  take({ resOpFailedEvent: step("create", "east") });
  expect(lines).toEqual([
    "  creating ConnectedCluster east",
    "  east: 3 of 6 agents ready",
    "  ERROR east: no rights",
    "  FAILED ConnectedCluster east",
  ]);
});
