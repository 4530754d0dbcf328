import { afterEach, describe, expect, test } from "@jest/globals";
import { systemClock } from "../../src/runtime/clock.ts";
import { createControlPlaneClient } from "../../src/runtime/control-plane/control-plane-client.ts";
import { watchGenerations } from "../../src/runtime/control-plane/watch-generations.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { serve, type TestServer } from "../support/serve.ts";
import { silentLog } from "../support/silent-log.ts";

const clusterId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c";
const heartbeat = { agentVersion: "1", kubernetesVersion: "1", totalNodeCount: 1, totalCoreCount: 2 };

let server: TestServer | undefined;
afterEach(async () => server?.close());

type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

/** A client of a server that gives these answers, one after another, the last one for good. */
async function clientOf(answers: readonly Answer[], tokens: readonly string[] = ["good"]) {
  const seen: { path: string | undefined; authorization: string | undefined }[] = [];
  server = await serve((request, response) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push({ path: request.url, authorization: request.headers.authorization });
    request.resume();
    response.writeHead(answer?.status ?? 500, answer?.headers).end(JSON.stringify(answer?.body ?? {}));
  });
  const refused: string[] = [];
  const waits: number[] = [];
  const client = createControlPlaneClient({
    endpoint: server.url,
    clusterId,
    userAgent: "test",
    token: { get: async () => tokens[refused.length] ?? "none", refused: (token) => void refused.push(token) },
    clock: { ...systemClock, random: () => 0.5, sleep: async (durationMs) => void waits.push(durationMs) },
  });
  return { client, seen, refused, waits };
}

const ok: Answer = { status: 200, body: { generation: 7 } };

describe("control-plane client", () => {
  test("waits as long as Retry-After says, with some jitter on top", async () => {
    const { client, waits, seen } = await clientOf([{ status: 429, headers: { "retry-after": "3" } }, ok]);
    expect(await client.heartbeat(heartbeat)).toEqual({ generation: 7 });
    expect(waits).toEqual([3300]);
    expect(seen).toHaveLength(2);
  });

  test("gives up on a server that stays broken, with its own words and code", async () => {
    const body = { error: { code: "ServiceUnavailable", message: "The disk is full." } };
    const { client, seen } = await clientOf([{ status: 503, body }]);
    await expect(client.heartbeat(heartbeat)).rejects.toThrow("heartbeat: ServiceUnavailable: The disk is full. (503)");
    expect(seen).toHaveLength(4);
  });

  test("does not repeat what was refused for good", async () => {
    const { client, seen } = await clientOf([
      { status: 400, body: { error: { code: "InvalidRequestContent", message: "No." } } },
    ]);
    await expect(client.heartbeat(heartbeat)).rejects.toMatchObject({ status: 400, code: "InvalidRequestContent" });
    expect(seen).toHaveLength(1);
  });

  test.each([401, 403])("asks for another token once when one is refused with %i", async (status) => {
    const { client, seen, refused } = await clientOf([{ status }, ok], ["old", "new"]);
    await client.heartbeat(heartbeat);
    expect(refused).toEqual(["old"]);
    expect(seen.map(({ authorization }) => authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  test("an unchanged desired state is undefined", async () => {
    const { client, seen } = await clientOf([{ status: 304 }]);
    expect(await client.desiredState({ kind: "extension", since: 3, etag: '"3"' })).toBeUndefined();
    expect(seen[0]?.path).toBe(`/dataplane/v1${clusterId}/desired-state?since=3&kind=extension`);
  });

  test("an answer of another shape is an error that says what is wrong with it", async () => {
    const { client } = await clientOf([{ status: 200, body: { generation: "seven" } }]);
    await expect(client.heartbeat(heartbeat)).rejects.toThrow(/not what was agreed.*generation/s);
  });

  test("sends many reports in batches and joins the answers", async () => {
    const unknown = [{ kind: "extension", name: "gone" }];
    const { client, seen } = await clientOf([{ status: 200, body: { unknown } }]);
    const report = {
      kind: "extension" as const,
      name: "e",
      generation: 1,
      state: "Succeeded" as const,
      observedAt: "now",
    };
    const answer = await client.report(Array.from({ length: 150 }, () => report));
    expect(seen).toHaveLength(2);
    expect(answer.unknown).toHaveLength(2);
  });

  test("the message of a server that cannot be reached names it", async () => {
    const { client } = await clientOf([ok]);
    const url = server?.url;
    await server?.close();
    await expect(client.heartbeat(heartbeat)).rejects.toThrow(`POST ${url}/dataplane`);
  });
});

describe("watchGenerations", () => {
  const stream = (text: string) => ({
    status: 200,
    headers: {},
    chunks: (async function* () {
      yield* text.match(/.{1,7}/gs) ?? [];
    })(),
  });

  test("tells generations, survives broken streams, and polls meanwhile", async () => {
    const clock = createFakeClock();
    const told: (number | undefined)[] = [];
    let opened = 0;
    const stop = new AbortController();
    const ended = watchGenerations(
      {
        openNotifications: async () => {
          opened += 1;
          if (opened === 2) throw new Error("the control plane is away");
          return stream(`: hello\n\nevent: generation\ndata: {"generation":${opened}}\n\n`);
        },
      },
      (generation) => void told.push(generation),
      { signal: stop.signal, log: silentLog, clock, pollMs: 60_000 },
    );
    // Opens, ends, waits half a second, fails, waits, opens again.
    await clock.advance(1200);
    expect(told).toEqual([undefined, 1, undefined, 3]);
    stop.abort();
    await ended;
    expect(clock.pending()).toBe(0);
  });

  test("polls at its interval when there is no stream at all", async () => {
    const clock = createFakeClock();
    const told: (number | undefined)[] = [];
    const stop = new AbortController();
    const ended = watchGenerations(
      { openNotifications: () => Promise.reject(new Error("away")) },
      (generation) => void told.push(generation),
      { signal: stop.signal, log: silentLog, clock, pollMs: 60_000 },
    );
    await clock.advance(180_000);
    expect(told).toEqual([undefined, undefined, undefined]);
    stop.abort();
    await ended;
  });
});
