import type { Report, ReportAnswer } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import { reportOutbox } from "../../src/mirror/report-outbox.ts";
import { type Clock, ControlPlaneError } from "../../src/runtime/index.ts";

const log = pino({ level: "silent" });
/** Waits pass at once, but never in the same turn. */
const clock: Clock = {
  now: () => 0,
  random: () => 0.5,
  after: () => () => undefined,
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};

const report = (name: string, more: Partial<Report> = {}): Report =>
  ({
    kind: "extension",
    name,
    generation: 1,
    state: "Succeeded",
    observedAt: new Date().toISOString(),
    ...more,
  }) as Report;

function world(answer: (batch: readonly Report[]) => Promise<ReportAnswer> = async () => ({ unknown: [] })) {
  const sent: Report[][] = [];
  const delivered: string[] = [];
  const stop = new AbortController();
  const outbox = reportOutbox({
    client: {
      async report(reports) {
        sent.push([...reports]);
        return answer(reports);
      },
    },
    log,
    clock,
    onDelivered: ({ name }, isKnown) => delivered.push(`${name} ${isKnown}`),
  });
  const running = outbox.run(stop.signal);
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const end = async () => {
    stop.abort();
    await running;
  };
  return { outbox, sent, delivered, settle, end };
}

describe("reports", () => {
  test("that say what was said before are not sent again", async () => {
    const { outbox, sent, settle, end } = world();
    outbox.put(report("a"));
    await settle();
    outbox.put(report("a", { observedAt: "2030-01-01T00:00:00Z" }));
    await settle();
    expect(sent).toHaveLength(1);
    outbox.put(report("a", { state: "Failed" }));
    await settle();
    expect(sent).toHaveLength(2);
    await end();
  });

  test("wait while there is no connection, and only the latest of an item is sent then", async () => {
    let isUp = false;
    const { outbox, sent, settle, end } = world(async () => {
      if (!isUp) throw new Error("no route");
      return { unknown: [] };
    });
    outbox.put(report("a", { state: "InProgress" }));
    outbox.put(report("b"));
    await settle();
    outbox.put(report("a", { state: "Failed" }));
    isUp = true;
    await settle();
    expect(sent.at(-1)?.map(({ name, state }) => `${name} ${state}`)).toEqual(["a Failed", "b Succeeded"]);
    await end();
  });

  test("of an item that changed while its report travelled are sent again", async () => {
    const arrive: (() => void)[] = [];
    const { outbox, sent, settle, end } = world(async () => {
      await new Promise<void>((resolve) => arrive.push(resolve));
      return { unknown: [] };
    });
    outbox.put(report("a", { state: "InProgress" }));
    await settle();
    outbox.put(report("a", { state: "Succeeded" }));
    arrive.shift()?.();
    await settle();
    arrive.shift()?.();
    await settle();
    expect(sent.map(([first]) => first?.state)).toEqual(["InProgress", "Succeeded"]);
    await end();
  });

  test("tell when the control plane does not know the item any more", async () => {
    const { outbox, delivered, settle, end } = world(async () => ({ unknown: [{ kind: "extension", name: "a" }] }));
    outbox.put(report("a"));
    outbox.put(report("b"));
    await settle();
    expect(delivered).toEqual(["a false", "b true"]);
    await end();
  });

  test("that are refused for what is in them do not hold up the others", async () => {
    const { outbox, sent, settle, end } = world(async (batch) => {
      if (batch.some(({ name }) => name === "bad")) throw new ControlPlaneError(400, "InvalidRequestContent", "bad");
      return { unknown: [] };
    });
    outbox.put(report("bad"));
    outbox.put(report("good"));
    await settle();
    expect(sent.at(-1)?.map(({ name }) => name)).toEqual(["good"]);
    await end();
  });
});
