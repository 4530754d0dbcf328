import { describe, expect, test } from "@jest/globals";
import { resolveCluster } from "../../src/fleet/resolve-cluster.ts";

const defaults = {
  location: "westeurope",
  resourceGroup: "shops",
  tags: { team: "shops", ring: "rest" },
  agents: { releaseTrain: "stable", timeoutSeconds: 60 },
};

describe("a cluster of a fleet", () => {
  test("has what the defaults say, under its own name", () => {
    expect(resolveCluster("prod", "east", {}, defaults)).toEqual({
      name: "east",
      location: "westeurope",
      tags: defaults.tags,
      args: { name: "east", ...defaults },
    });
  });

  test("wins where it says something else: tags one by one, the rest as a whole", () => {
    const own = { location: "northeurope", tags: { ring: "canary" }, agents: { install: false } };
    expect(resolveCluster("prod", "east", own, defaults).args).toMatchObject({
      location: "northeurope",
      tags: { team: "shops", ring: "canary" },
      agents: { install: false },
    });
    expect(resolveCluster("prod", "east", own, defaults).args.agents).toEqual({ install: false });
  });

  test("carries no tags when nobody gives any", () => {
    expect(resolveCluster("prod", "east", {}, { location: "x", resourceGroup: "g" }).args).not.toHaveProperty("tags");
  });

  test.each([
    ["location", { resourceGroup: "g" }],
    ["resourceGroup", { location: "x" }],
  ])("needs a %s from one of the two", (field, given) => {
    expect(() => resolveCluster("prod", "east", {}, given)).toThrow(
      `The cluster east of the fleet prod has no ${field}: give it one, or give one to \`defaults\`.`,
    );
  });
});
