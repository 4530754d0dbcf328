import { describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { latestWins } from "../../src/extension-manager/latest-wins.ts";
import { done, type HasMetadata, type WatchSource } from "../../src/runtime/index.ts";

const log = pino({ level: "silent" });

function world() {
  let object: HasMetadata = { metadata: { name: "flux", uid: "u", generation: 1 } };
  let tell: (key: string) => void = () => undefined;
  const source: WatchSource<HasMetadata> = {
    get: () => object,
    all: () => [object],
    isSynced: () => true,
    version: () => "",
    async run(changed) {
      tell = changed;
    },
  };
  const latest = latestWins(source);
  const told: string[] = [];
  void latest.source.run((key) => told.push(key), new AbortController().signal);
  const stop = new AbortController();
  const context = { key: "flux", signal: stop.signal, log };
  /** Like helm: ends when it is told to. */
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
  const begin = () =>
    latest.run(object, context, async ({ signal }) => {
      await work(signal);
      return done();
    });
  const change = (more: Partial<HasMetadata["metadata"]>) => {
    object = { metadata: { ...object.metadata, ...more } };
    tell("flux");
  };
  return { latest, begin, change, told, stop, context, object };
}

describe("a long run", () => {
  test.each<[string, Partial<HasMetadata["metadata"]>]>([
    ["its spec changes", { generation: 2 }],
    ["it is to be deleted", { deletionTimestamp: "2026-01-01T00:00:00Z" }],
    ["it was made anew", { uid: "other" }],
  ])("ends at once when %s, and the next begins", async (_, more) => {
    const { begin, change, told } = world();
    const run = begin();
    change(more);
    expect(await run).toMatchObject({ kind: "again", afterMs: 0 });
    expect(told).toEqual(["flux"]);
  });

  test("goes on when only labels change", async () => {
    const { begin, change, stop } = world();
    const run = begin();
    change({ labels: { a: "b" } });
    stop.abort(new Error("the process ends"));
    await expect(run).rejects.toThrow("the process ends");
  });

  test("that fails by itself fails", async () => {
    const { latest, context, object } = world();
    const run = latest.run(object, context, async () => {
      throw new Error("boom");
    });
    await expect(run).rejects.toThrow("boom");
  });
});
