import { Heartbeat } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { toHeartbeat } from "../../src/resource-sync-agent/heartbeat.ts";

const facts = { agentVersion: "1.40.0", kubernetesVersion: "1.34.2", totalNodeCount: 1, totalCoreCount: 2 };

describe("toHeartbeat", () => {
  test("carries the facts and the agents' faults, in the shape of the contract", () => {
    const fault = { message: "m", severity: "Error" as const, component: "c", time: "t" };
    const heartbeat = toHeartbeat({ ...facts, distribution: "k3s", agentErrors: [fault], observedTime: "now" });
    expect(Heartbeat.strict().parse(JSON.parse(JSON.stringify(heartbeat)))).toEqual({
      ...facts,
      distribution: "k3s",
      agentErrors: [fault],
    });
  });

  test.each([
    ["no status", undefined],
    ["a status that only the identity operator has written", { managedIdentityCertificateExpirationTime: "t" }],
  ])("there is none for %s", (_, status) => expect(toHeartbeat(status)).toBeUndefined());

  test("the time of the last look does not make it another one", () => {
    expect(toHeartbeat({ ...facts, observedTime: "1" })).toEqual(toHeartbeat({ ...facts, observedTime: "2" }));
  });
});
