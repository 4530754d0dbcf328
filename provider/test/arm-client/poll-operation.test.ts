import { describe, expect, test } from "@jest/globals";
import { pollOperation } from "../../src/arm-client/poll-operation.ts";
import type { ArmResponse } from "../../src/arm-client/send.ts";

/** Polls through the given answers. */
const poll = (...answers: Partial<ArmResponse>[]): Promise<void> =>
  pollOperation(
    async () => ({ status: 200, headers: { "retry-after": "0" }, body: "", ...answers.shift() }),
    "/operation",
    { timeoutMs: 60_000 },
  );
const operation = (status: string, error?: object) => ({
  body: { id: "/o", name: "o", status, startTime: "2026-01-01T00:00:00Z", ...(error === undefined ? {} : { error }) },
});

describe("an operation", () => {
  test("is followed until its status says that it succeeded", async () => {
    await poll({ status: 202, ...operation("InProgress") }, operation("Succeeded"));
  });

  test("that failed throws its error", async () => {
    const failed = poll(operation("Failed", { code: "ExtensionOperationFailed", message: "no such chart" }));
    await expect(failed).rejects.toThrow("ExtensionOperationFailed: no such chart");
  });

  test("without a status of its own runs as long as the answer is 202: the deletion of a resource group", async () => {
    const answers: Partial<ArmResponse>[] = [{ status: 202 }, { status: 202 }, { status: 200 }, { status: 202 }];
    await pollOperation(
      async () => ({ status: 200, headers: { "retry-after": "0" }, body: "", ...answers.shift() }),
      "/operation",
      { timeoutMs: 60_000 },
    );
    expect(answers).toHaveLength(1);
  });

  test("that answers something else than a status is no success", async () => {
    await expect(poll({ body: { unexpected: true } })).rejects.toThrow(/startTime/);
  });
});
