import { afterEach, describe, expect, test } from "@jest/globals";
import { type AgentDefinition, defineAgent } from "../../src/runtime/define-agent.ts";
import { again, done, type Failed, type Outcome, stalled } from "../../src/runtime/outcome.ts";
import { createFakeClock, settle } from "../support/fake-clock.ts";
import { createFakeSource, type FakeItem } from "../support/fake-source.ts";
import { silentLog } from "../support/silent-log.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A loop over one item, with what it did. */
function start(
  reconcile: AgentDefinition<FakeItem>["reconcile"],
  extra: Partial<AgentDefinition<FakeItem>> & { items?: Record<string, FakeItem> } = {},
) {
  const { items = { one: { version: "1" } }, ...rest } = extra;
  const clock = createFakeClock();
  const source = createFakeSource(items);
  const runs: { key: string; at: number; version: string }[] = [];
  const outcomes: (Outcome | Failed)[] = [];
  const begun = clock.now();
  const agent = defineAgent<FakeItem>({
    name: "test",
    source,
    log: silentLog,
    clock,
    intervalMs: 600_000,
    backoff: { firstMs: 1000, mostMs: 60_000 },
    report: async (_, outcome) => void outcomes.push(outcome),
    ...rest,
    reconcile: (desired, context) => {
      runs.push({ key: context.key, at: clock.now() - begun, version: desired.version });
      return reconcile(desired, context);
    },
  });
  const controller = new AbortController();
  const ended = agent.run(controller.signal);
  const stop = async () => {
    controller.abort(new Error("end of the test"));
    await ended;
  };
  stops.push(stop);
  return { clock, source, runs, outcomes, stop, times: () => runs.map(({ at }) => at) };
}

/** A promise that a test settles by hand. */
function gate<T>() {
  let open: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { promise, open };
}

describe("the loop", () => {
  test("looks at every item at the start, and at the interval", async () => {
    const { clock, times } = start(async () => done());
    await clock.advance(1_200_000);
    expect(times()).toEqual([0, 600_000, 1_200_000]);
  });

  test("looks again after the time that the agent asked for", async () => {
    const { clock, times } = start(async () => again(5000, "waiting for a pod"));
    await clock.advance(10_000);
    expect(times()).toEqual([0, 5000, 10_000]);
  });

  test("a stalled item waits for the interval or a change", async () => {
    const { clock, source, runs } = start(async () => stalled("NoKey", "the key is missing"));
    await clock.advance(60_000);
    expect(runs).toHaveLength(1);
    source.set("one", { version: "2" });
    await settle();
    expect(runs.map(({ version }) => version)).toEqual(["1", "2"]);
  });

  test("failures back off, doubling with jitter, up to the most", async () => {
    const { clock, times } = start(() => Promise.reject(new Error("no")));
    await clock.advance(130_000);
    const waits = times().map((at, index) => at - (times()[index - 1] ?? 0));
    // With random() = 0.5 each wait is three quarters of its ceiling.
    expect(waits).toEqual([0, 750, 1500, 3000, 6000, 12_000, 24_000, 45_000]);
  });

  test("an event without a change does not end a backoff, a changed desired state does", async () => {
    const { clock, source, runs } = start(() => Promise.reject(new Error("no")), {
      backoff: { firstMs: 60_000, mostMs: 60_000 },
    });
    await clock.advance(1000);
    source.poke("one");
    await settle();
    expect(runs).toHaveLength(1);
    source.set("one", { version: "2" });
    await settle();
    expect(runs).toHaveLength(2);
  });

  test("a changed desired state starts the backoff over", async () => {
    const { clock, source, outcomes } = start(() => Promise.reject(new Error("no")));
    await clock.advance(30_000);
    source.set("one", { version: "2" });
    await settle();
    expect(outcomes.at(-1)).toMatchObject({ kind: "failed", failures: 1, afterMs: 750 });
  });

  test("a success ends the count of failures", async () => {
    let isBroken = true;
    const { clock, outcomes } = start(async () => {
      if (isBroken) throw new Error("no");
      return again(1000, "fine");
    });
    await clock.advance(3000);
    isBroken = false;
    await clock.advance(10_000);
    isBroken = true;
    const before = outcomes.length;
    await clock.advance(1000);
    expect(outcomes[before]).toMatchObject({ kind: "failed", failures: 1 });
  });

  test("events during a run become one more run, never a second one beside it", async () => {
    const first = gate<Outcome>();
    let running = 0;
    let most = 0;
    const { source, runs } = start(async ({ version }) => {
      running += 1;
      most = Math.max(most, running);
      const outcome = version === "1" ? await first.promise : done();
      running -= 1;
      return outcome;
    });
    await settle();
    source.set("one", { version: "2" });
    source.set("one", { version: "3" });
    source.poke("one");
    await settle();
    expect(runs).toHaveLength(1);
    first.open(done());
    await settle();
    expect(runs.map(({ version }) => version)).toEqual(["1", "3"]);
    expect(most).toBe(1);
  });

  test("works on several items at the same time, up to the limit", async () => {
    const gates = new Map(["a", "b", "c"].map((key) => [key, gate<Outcome>()]));
    const items = Object.fromEntries([...gates.keys()].map((key) => [key, { version: "1" }]));
    const { runs } = start((_, { key }) => gates.get(key)?.promise ?? Promise.reject(new Error(key)), {
      items,
      concurrency: 2,
    });
    await settle();
    expect(runs.map(({ key }) => key)).toEqual(["a", "b"]);
    gates.get("a")?.open(done());
    await settle();
    expect(runs.map(({ key }) => key)).toEqual(["a", "b", "c"]);
    for (const { open } of gates.values()) open(done());
  });

  test("the deadline aborts a run, which then counts as failed", async () => {
    const { clock, outcomes } = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      { deadlineMs: 5000 },
    );
    await clock.advance(5000);
    expect(outcomes).toEqual([expect.objectContaining({ kind: "failed" })]);
    expect(outcomes[0]).toHaveProperty("error.message", "test: one took longer than 5 s");
  });

  test("an item that is gone is forgotten, and its timer does nothing", async () => {
    const { clock, source, runs } = start(async () => again(5000, "waiting"));
    await settle();
    source.set("one", undefined);
    await clock.advance(60_000);
    expect(runs).toHaveLength(1);
  });

  test("an outcome that cannot be reported is tried again with backoff", async () => {
    let reports = 0;
    const { clock, runs } = start(async () => done(), {
      report: async () => {
        reports += 1;
        if (reports < 3) throw new Error("the API server is away");
      },
    });
    await clock.advance(10_000);
    expect(runs).toHaveLength(3);
  });

  test("a stop aborts what runs, waits for it, and leaves no timer", async () => {
    let isOver = false;
    const { clock, outcomes, stop } = start(
      (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            isOver = true;
            reject(signal.reason);
          }),
        ),
    );
    await settle();
    await stop();
    expect(isOver).toBe(true);
    expect(outcomes).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});
