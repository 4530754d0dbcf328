import { describe, expect, test } from "@jest/globals";
import { mergeValues, nestValues } from "../../src/connected-cluster/agent-values.ts";

describe("values of the agent chart", () => {
  test("prescribed ones are nested by their dots and stay texts", () => {
    expect(
      nestValues({ "global.resourceGroupName": "007", "systemDefaultValues.azureArcAgents.autoUpdate": "true" }),
    ).toEqual({
      global: { resourceGroupName: "007" },
      systemDefaultValues: { azureArcAgents: { autoUpdate: "true" } },
    });
  });

  test("the user's are laid over them map by map", () => {
    const base = { image: { repository: "a", tag: "1" }, list: [1, 2] };
    expect(mergeValues(base, { image: { tag: "2" }, list: [3] })).toEqual({
      image: { repository: "a", tag: "2" },
      list: [3],
    });
    expect(base.image.tag).toBe("1");
  });
});
