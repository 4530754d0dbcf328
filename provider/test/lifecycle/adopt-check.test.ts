import { check, kindOf } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";

const cluster = kindOf("connectedCluster");
const inputs = { resourceGroup: "fleet", location: "westeurope", name: "east" };
const properties = (...given: [before: object | undefined, now: object, adopt?: boolean]) => {
  const [before, now, adopt = false] = given;
  const old = before && { ...inputs, ...before };
  return check(cluster, { ...inputs, ...now }, old, { adopt }).map(({ property, reason }) => `${property}: ${reason}`);
};

describe("a cluster without kubeconfig", () => {
  test("cannot be attached, but adopted", () => {
    expect(properties(undefined, {})).toEqual([expect.stringMatching(/^kubeconfig: is needed to install the agents/)]);
    expect(properties(undefined, {}, true)).toEqual([]);
  });

  test("stays fine once it was adopted, with `adopt` in the program or without", () => {
    expect(properties({}, { tags: { ring: "two" } })).toEqual([]);
    expect(properties({}, {}, true)).toEqual([]);
  });

  test("has agents that nobody here can change, which the preview says", () => {
    const pinned = { arcAgentProfile: { desiredAgentVersion: "1.40.0" } };
    expect(properties({}, pinned)).toEqual([expect.stringMatching(/^kubeconfig: .* the changed arcAgentProfile /)]);
    expect(properties({}, { agents: { install: false } })).toEqual([expect.stringMatching(/the changed agents /)]);
    expect(properties({}, { ...pinned, kubeconfig: "text" })).toEqual([]);
  });

  test("is refused when it had one before, or is only now to get agents", () => {
    expect(properties({ kubeconfig: "text" }, {})).toHaveLength(1);
    expect(properties({ agents: { install: false } }, {}, true)).toHaveLength(1);
  });
});
