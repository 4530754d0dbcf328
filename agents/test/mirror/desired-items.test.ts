import type { DesiredExtension, DesiredState } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { desiredItems } from "../../src/mirror/desired-items.ts";
import type { Clock } from "../../src/runtime/index.ts";
import { desiredExtension } from "../config-agent/sample.ts";

const log = pino({ level: "silent" });
const clock: Clock = {
  now: () => 0,
  random: () => 0.5,
  after: () => () => undefined,
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};

function world(first: DesiredState) {
  let state: DesiredState | undefined = first;
  const questions: number[] = [];
  const changed: string[] = [];
  const generations: number[] = [];
  const stop = new AbortController();
  const items = desiredItems({
    client: {
      async desiredState({ since }) {
        questions.push(since);
        if (state === undefined) throw new Error("no route");
        return { state, etag: String(state.generation) };
      },
    },
    kind: "extension",
    log,
    clock,
    onGeneration: (generation) => generations.push(generation),
  });
  const running = items.run((name) => changed.push(name), stop.signal);
  return {
    items,
    questions,
    changed,
    generations,
    answer: (next: DesiredState | undefined) => {
      state = next;
    },
    async settle() {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    async end() {
      stop.abort();
      await running;
    },
  };
}

const extensions = (generation: number, ...items: DesiredExtension[]): DesiredState => ({ generation, items });

describe("what the control plane wants", () => {
  test("is read whole at first, and then what changed", async () => {
    const { items, questions, changed, generations, answer, settle, end } = world(
      extensions(4, desiredExtension({ name: "a", generation: 3 }), desiredExtension({ name: "b", generation: 4 })),
    );
    await settle();
    expect([questions, changed, items.isSynced()]).toEqual([[0], ["a", "b"], true]);
    answer(extensions(5, desiredExtension({ name: "b", generation: 5, deleting: true })));
    items.refresh(5);
    await settle();
    expect(questions).toEqual([0, 4]);
    expect(items.get("a")?.generation).toBe(3);
    expect(items.get("b")?.deleting).toBe(true);
    expect(generations).toEqual([4, 5]);
    await end();
  });

  test("is not asked for when the hint is no news", async () => {
    const { items, questions, settle, end } = world(extensions(4));
    await settle();
    items.refresh(4);
    await settle();
    expect(questions).toEqual([0]);
    items.refresh();
    await settle();
    expect(questions).toEqual([0, 4]);
    await end();
  });

  test("stays as it was while the control plane is away, and comes when it is back", async () => {
    const { items, answer, settle, end } = world(extensions(4, desiredExtension({ name: "a", generation: 3 })));
    await settle();
    answer(undefined);
    items.refresh(9);
    await settle();
    expect(items.get("a")?.generation).toBe(3);
    answer(extensions(9, desiredExtension({ name: "a", generation: 9 })));
    await settle();
    expect(items.get("a")?.generation).toBe(9);
    await end();
  });

  test("is read whole again when the control plane went back in time", async () => {
    const { items, questions, answer, settle, end } = world(extensions(40));
    await settle();
    answer(extensions(7));
    items.refresh(7);
    await settle();
    expect(questions).toEqual([0, 40, 0]);
    expect(items.generation()).toBe(7);
    await end();
  });
});
