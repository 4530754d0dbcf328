import { operations } from "@arcfleet/contract";
import { openApiDocument } from "@arcfleet/contract/openapi";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { spawnControlPlane } from "../support/control-plane.ts";
import { type AnswerChecker, createAnswerChecker } from "./fuzz/check-answer.ts";
import { fuzzSettings } from "./fuzz/fuzz-settings.ts";
import { requestArbitrary } from "./fuzz/requests.ts";
import { openSender, type Sender } from "./fuzz/send.ts";
import { makeTargets, type Targets } from "./fuzz/targets.ts";
import { useWorld } from "./world.ts";

const { runs, seed } = fuzzSettings();
const document = openApiDocument();

/** What every call answers to what no client should ever send. A failure prints the smallest such request, and the seed. */
describe("the running service", () => {
  const world = useWorld(() => spawnControlPlane());
  let targets: Targets;
  let sender: Sender;
  let checker: AnswerChecker;
  const counts = new Map<number, number>();

  beforeAll(async () => {
    targets = await makeTargets(world);
    sender = openSender(targets);
    checker = createAnswerChecker(document, targets);
  });
  afterAll(() => {
    sender?.[Symbol.dispose]();
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const figures = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    process.stderr.write(`fuzzing sent ${total} requests with seed ${seed}; answers ${figures.join(", ")}\n`);
  });

  test.each(operations.map((operation, index) => [operation.id, operation, index] as const))(
    "%s",
    async (_id, operation, index) => {
      await targets.restore();
      const property = fc.asyncProperty(requestArbitrary(operation, targets, document), async (request) => {
        const answer = await sender.send(request);
        counts.set(answer.status, (counts.get(answer.status) ?? 0) + 1);
        expect(checker.problemsOf(request, answer)).toEqual([]);
      });
      await fc.assert(property, {
        numRuns: Math.max(1, Math.ceil(runs / operations.length)),
        // Another one for each call, or all of them would meet the same tricks.
        seed: seed + index,
        // Looking for a smaller request must not use up the time of the others.
        interruptAfterTimeLimit: 60_000,
        markInterruptAsFailure: false,
      });
    },
  );

  test("goes on answering afterwards", async () => {
    const { status } = await sender.send({ method: "GET", url: "/readyz", caller: "none", headers: {} });
    expect(status).toBe(200);
  });
});
