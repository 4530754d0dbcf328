import { describe, expect, test } from "@jest/globals";
import { isElsewhere } from "../../src/hosting/elsewhere.ts";

const id = "/subscriptions/eu/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c";
const provider = { subscriptionId: "us" };

describe("a resource of another control plane", () => {
  const cases = [
    [
      "is one whose id is in another subscription than the explicit provider's",
      provider,
      "/subscriptions//resourcegroups/g/…",
      true,
    ],
    [
      "is told by the provider of the stack in no case",
      { "arcfleet:subscriptionId": "us" },
      "/subscriptions//resourcegroups/g/…",
      false,
    ],
    [
      "is none in the provider's own subscription, however it is spelt",
      { subscriptionId: "EU" },
      "/subscriptions//resourcegroups/g/…",
      false,
    ],
    [
      "is none when its inputs name a subscription themselves, as a child's do",
      provider,
      "/subscriptions/eu/resourcegroups/g/…",
      false,
    ],
    ["is assumed while its place is not known", provider, undefined, true],
  ] as const;
  test.each(cases)("%s", (_title, config, place, expected) => {
    expect(isElsewhere(id, config, () => place)).toBe(expected);
  });

  test("is no question for what is no record", () => {
    expect(isElsewhere("rollout-1", provider, () => undefined)).toBe(false);
  });
});
