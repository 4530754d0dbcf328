import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { conditionMissing, firstMissing, podTrouble, type ReadinessStep } from "../../src/lab/readiness.ts";
import { waitForStep } from "../../src/lab/wait-for-step.ts";

const step = (check: ReadinessStep["check"]): ReadinessStep => ({ what: "the moon", suspects: ["kubelet"], check });

describe("what is missing until a cluster is ready", () => {
  test("a condition that is not True is told in the object's own words", () => {
    const body = { status: { conditions: [{ type: "Ready", status: "False", message: "no network yet" }] } };
    expect(conditionMissing(body, "Ready")).toBe("Ready is False: no network yet");
    expect(conditionMissing({ status: {} }, "Ready")).toBe("no condition Ready yet");
    expect(conditionMissing({ status: { conditions: [{ type: "Ready", status: "True" }] } }, "Ready")).toBeUndefined();
  });

  test("a pod that ends again and again is told with its last words", () => {
    const container = {
      state: { waiting: { reason: "CrashLoopBackOff" } },
      lastState: { terminated: { reason: "Error", message: "bind: permission denied" } },
    };
    const text = podTrouble({ items: [{ status: { phase: "Running", containerStatuses: [container] } }] });
    expect(text).toContain("CrashLoopBackOff");
    expect(text).toContain("bind: permission denied");
  });

  test("an error of a check counts as missing", async () => {
    const failing = step(() => Promise.reject(new Error("connect ECONNREFUSED")));
    expect(await firstMissing([step(async () => undefined), failing])).toBe(
      "waiting for the moon: connect ECONNREFUSED",
    );
  });
});

describe("waiting for a step", () => {
  let logs: string;
  const signal = new AbortController().signal;
  beforeEach(() => {
    logs = mkdtempSync(join(tmpdir(), "lab-logs-"));
  });
  afterEach(() => rmSync(logs, { recursive: true, force: true }));

  test("a timeout names what was missing, the log file and its last lines", async () => {
    writeFileSync(join(logs, "kubelet.log"), "one\nthe real reason\n");
    const waiting = waitForStep(
      step(async () => "no moon"),
      {
        cluster: "demo-1",
        logs,
        deadline: Date.now() - 1,
        signal,
        isAlive: () => true,
      },
    );
    await expect(waiting).rejects.toThrow(
      /demo-1: gave up waiting for the moon \(no moon\)[\s\S]*kubelet\.log\)[\s\S]*the real reason/,
    );
  });

  test("stops at once when the node has ended, and shows the node's log", async () => {
    writeFileSync(join(logs, "node.log"), "mount: permission denied\n");
    const waiting = waitForStep(
      step(async () => "no moon"),
      {
        cluster: "demo-1",
        logs,
        deadline: Date.now() + 60_000,
        signal,
        isAlive: () => false,
      },
    );
    await expect(waiting).rejects.toThrow(/its node ended[\s\S]*mount: permission denied/);
  });

  test("does not wait for the deadline when a component ends again and again", async () => {
    writeFileSync(join(logs, "kubelet.log"), "unknown flag\n");
    writeFileSync(join(logs, "kubelet.log.exits"), "kubelet ended\n".repeat(15));
    const waiting = waitForStep(
      step(async () => "no moon"),
      {
        cluster: "demo-1",
        logs,
        deadline: Date.now() + 60_000,
        signal,
        isAlive: () => true,
      },
    );
    await expect(waiting).rejects.toThrow(/kubelet ends again and again[\s\S]*unknown flag/);
  });
});
