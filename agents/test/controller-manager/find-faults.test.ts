import { describe, expect, test } from "@jest/globals";
import { type Deployment, findFaults } from "../../src/controller-manager/find-faults.ts";

const nowMs = Date.parse("2026-01-01T00:10:00Z");

const deployment = (available: number, since = "2026-01-01T00:00:00Z"): Deployment => ({
  metadata: { name: "config-agent", namespace: "azure-arc" },
  spec: { replicas: 1, selector: { matchLabels: { component: "config-agent" } } },
  status: {
    availableReplicas: available,
    conditions: [{ type: "Available", status: available > 0 ? "True" : "False", lastTransitionTime: since }],
  },
});

const pod = (component: string, reason: string) => ({
  metadata: { name: `${component}-1`, namespace: "azure-arc", labels: { component } },
  status: {
    phase: "Pending",
    containerStatuses: [{ name: "c", state: { waiting: { reason, message: "no such image" } } }],
  },
});

const find = (deployments: Deployment[], pods: ReturnType<typeof pod>[] = []) =>
  findFaults({ expected: ["config-agent"], deployments, pods, nowMs });

describe("findFaults", () => {
  test("says nothing when all is well", () => {
    expect(find([deployment(1)])).toEqual({ errors: [] });
  });

  test("a Deployment without pods is an error with its own pods' reason and the time since when", () => {
    expect(
      find([deployment(0)], [pod("config-agent", "ImagePullBackOff"), pod("other", "CrashLoopBackOff")]).errors,
    ).toEqual([
      {
        component: "config-agent",
        severity: "Error",
        time: "2026-01-01T00:00:00.000Z",
        message: "pod config-agent-1: container c: ImagePullBackOff: no such image",
      },
    ]);
  });

  test("a restart that began just now is not an error yet, but is looked at again", () => {
    expect(find([deployment(0, "2026-01-01T00:09:50Z")])).toEqual({ errors: [], lookAgainAfterMs: 20_000 });
  });

  test("a missing Deployment is an error that says what to do", () => {
    expect(find([]).errors).toEqual([
      expect.objectContaining({ message: "the Deployment config-agent is missing; install the agent chart again" }),
    ]);
  });
});
