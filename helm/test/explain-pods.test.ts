import { explainPods } from "@arcfleet/helm";
import { describe, expect, test } from "@jest/globals";

const pod = (status: object) => ({ metadata: { name: "agent-1" }, status });
const waiting = (reason: string, message?: string) => ({ waiting: { reason, message } });

describe("explaining pods that are not ready", () => {
  test("a ready pod and a finished job's pod need no explanation", () => {
    const ready = pod({ phase: "Running", conditions: [{ type: "Ready", status: "True" }] });
    expect(explainPods([ready, pod({ phase: "Succeeded" })])).toEqual([]);
  });

  test("an image that cannot be pulled is named with the registry's answer", () => {
    const status = {
      phase: "Pending",
      containerStatuses: [{ name: "main", state: waiting("ErrImagePull", "not found") }],
    };
    expect(explainPods([pod(status)])).toEqual(["pod agent-1: container main: ErrImagePull: not found"]);
  });

  test("a crash loop tells the exit code and the last words", () => {
    const status = {
      phase: "Running",
      containerStatuses: [
        {
          name: "main",
          state: waiting("CrashLoopBackOff", "back-off 10s"),
          lastState: { terminated: { exitCode: 2, reason: "Error", message: "no key" } },
        },
      ],
    };
    expect(explainPods([pod(status)])).toEqual([
      "pod agent-1: container main: CrashLoopBackOff: back-off 10s, exited with 2: no key",
    ]);
  });

  test("a pod that no node takes tells the scheduler's reason", () => {
    const status = {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "Insufficient memory" }],
    };
    expect(explainPods([pod(status)])).toEqual(["pod agent-1: Unschedulable: Insufficient memory"]);
  });

  test("a running container that is not ready points at its probe", () => {
    const status = { phase: "Running", containerStatuses: [{ name: "main", ready: false, state: { running: {} } }] };
    expect(explainPods([pod(status)])).toEqual([
      "pod agent-1: container main: running, but its readiness probe does not succeed",
    ]);
  });
});
