import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { type WebSocket, WebSocketServer } from "ws";
import { type ArmCaller, armCaller } from "../../../tests/support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../../../tests/support/control-plane.ts";
import { onboardingKey } from "../../../tests/support/onboarding-key.ts";
import { simulatedAgent } from "../../../tests/support/simulated-agent.ts";
import { waitFor } from "../../../tests/support/wait-for.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { createControlPlaneClient } from "../../src/runtime/control-plane/control-plane-client.ts";
import { heartbeatStream } from "../../src/runtime/control-plane/heartbeat-stream.ts";
import { createFakeClock, settle } from "../support/fake-clock.ts";
import { silentLog } from "../support/silent-log.ts";

const heartbeat = { agentVersion: "1", kubernetesVersion: "1", totalNodeCount: 1, totalCoreCount: 2 };
const clusterId = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/c";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step();
});

interface Given {
  readonly endpoint: string;
  readonly ca?: string;
  readonly clusterId?: string;
  readonly token?: string;
  readonly clock?: Clock;
}

/** The agent's end, at work. */
function start({ endpoint, ca, token = "good", clock = { ...systemClock, random: () => 0 }, ...given }: Given) {
  const refused: string[] = [];
  const client = createControlPlaneClient({
    endpoint,
    ca,
    clusterId: given.clusterId ?? clusterId,
    userAgent: "test",
    token: { get: async () => token, refused: (bad) => void refused.push(bad) },
  });
  const seen = { posts: 0, connects: 0, opened: 0, refused };
  const stream = heartbeatStream({
    client: {
      heartbeat: (...call) => {
        seen.posts += 1;
        return client.heartbeat(...call);
      },
      connect: async (...call) => {
        seen.connects += 1;
        await client.connect(...call);
        seen.opened += 1;
      },
    },
    log: silentLog,
    clock,
  });
  const stop = new AbortController();
  const running = stream.run(stop.signal);
  undo.push(async () => {
    stop.abort(new Error("the test is over"));
    await running;
    client.close();
  });
  return { stream, seen };
}

const until = (what: string, look: () => unknown): Promise<unknown> =>
  waitFor(look, { timeoutMs: 60_000, describe: what, intervalMs: 20 });

describe("with the control plane", () => {
  let controlPlane: SpawnedControlPlane;
  let arm: ArmCaller;
  let ca: string;
  let clusters = 0;
  beforeAll(async () => {
    controlPlane = await spawnControlPlane();
    arm = await armCaller(controlPlane.connection);
    ca = await readFile(controlPlane.connection.caFile, "utf8");
  });
  afterAll(async () => controlPlane?.[Symbol.asyncDispose]());

  const attach = async () => {
    const group = `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/fleet`;
    await arm.call(`${group}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } });
    const id = `${group}/providers/Microsoft.Kubernetes/connectedClusters/c${clusters++}`;
    const key = onboardingKey();
    await arm.call(`${id}?api-version=2024-01-01`, {
      method: "PUT",
      body: { location: "westeurope", properties: { agentPublicKeyCertificate: key.publicKeyBase64 } },
    });
    const { token } = await simulatedAgent(controlPlane.connection, id, key);
    return { clusterId: id, token, endpoint: controlPlane.connection.endpoint, ca };
  };

  test("heartbeats are requests until the stream is open, and messages from then on", async () => {
    const { stream, seen } = start(await attach());
    expect(await stream.heartbeat(heartbeat)).toEqual({ generation: 0 });
    expect(seen.posts).toBe(1);
    await until("the stream is open", () => seen.opened === 1);
    for (const totalNodeCount of [1, 2, 2, 3]) await stream.heartbeat({ ...heartbeat, totalNodeCount });
    expect(seen).toMatchObject({ posts: 1, connects: 1 });
  });

  test("one that is larger than a message may be is a request", async () => {
    const { stream, seen } = start(await attach());
    await until("the stream is open", () => seen.opened === 1);
    const fault = { message: "x".repeat(4096), severity: "Error" as const, component: "c", time: "t" };
    await stream.heartbeat({ ...heartbeat, agentErrors: Array.from({ length: 20 }, () => fault) });
    expect(seen.posts).toBe(1);
    await stream.heartbeat(heartbeat);
    expect(seen).toMatchObject({ posts: 1, connects: 1 });
  });

  test.each(["SIGKILL", "SIGTERM"] as const)(
    "%s with a heartbeat under way loses none that was answered, and the stream comes back by itself",
    async (signal) => {
      const agents = await Promise.all(Array.from({ length: 5 }, async () => start(await attach())));
      await until("the streams are open", () => agents.every(({ seen }) => seen.opened === 1));
      const underWay = Promise.allSettled(agents.map(({ stream }) => stream.heartbeat(heartbeat)));
      await controlPlane.kill(signal);
      const back = controlPlane.restart();
      for (const outcome of await underWay) {
        // Repeated as a request, which gives up after a while: the loop of the agent then begins anew.
        if (outcome.status === "rejected") expect(String(outcome.reason)).toMatch(/NoAnswerError|ServiceUnavailable/);
        else expect(outcome.value).toEqual({ generation: 0 });
      }
      await back;
      await until("the streams are open again", () => agents.every(({ seen }) => seen.opened >= 2));
      const posts = agents.map(({ seen }) => seen.posts);
      for (const { stream } of agents) expect(await stream.heartbeat(heartbeat)).toEqual({ generation: 0 });
      expect(agents.map(({ seen }) => seen.posts)).toEqual(posts);
    },
  );

  test("after the end of its cluster the token is given back, and the refusal is that of a request", async () => {
    const cluster = await attach();
    const { stream, seen } = start(cluster);
    await until("the stream is open", () => seen.opened === 1);
    await arm.call(`${cluster.clusterId}?api-version=2024-01-01`, { method: "DELETE" });
    await stream.heartbeat(heartbeat);
    await until("the stream was refused", () => seen.connects >= 2 && seen.refused.length > 0);
    await expect(stream.heartbeat(heartbeat)).rejects.toMatchObject({ status: 401, code: "AuthenticationFailed" });
  });

  test("behind a proxy that forgets the upgrade each heartbeat is a request, and the token stays", async () => {
    const cluster = await attach();
    const proxy = createServer(({ method, url, headers }, response) => {
      const { connection, upgrade, ...kept } = headers;
      request(new URL(url ?? "", cluster.endpoint), { method, headers: kept, ca, agent: false }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }).end(method === "POST" ? JSON.stringify(heartbeat) : undefined);
    });
    const { stream, seen } = start({ ...cluster, endpoint: await listen(proxy) });
    await until("the upgrade was tried", () => seen.connects === 1);
    for (let count = 1; count <= 3; count++) {
      expect(await stream.heartbeat(heartbeat)).toEqual({ generation: 0 });
      expect(seen).toMatchObject({ posts: count, connects: 1, opened: 0, refused: [] });
    }
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  undo.push(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("with a server that does what the real one would not", () => {
  /** Answers requests for heartbeats with 7, and hands WebSockets to the test. */
  const serveStreams = async (onOpen: (socket: WebSocket) => void): Promise<string> => {
    const server = createServer((incoming, response) => {
      incoming.resume();
      response.end('{"generation":7}');
    });
    const endpoint = new WebSocketServer({ server });
    endpoint.on("connection", onOpen);
    undo.push(() => {
      for (const socket of endpoint.clients) socket.terminate();
    });
    return listen(server);
  };

  test("a refusal by something on the way leaves the token alone, and is tried again much later", async () => {
    const clock = createFakeClock();
    const server = createServer((_, response) => void response.writeHead(403).end("<html>no</html>"));
    const { seen } = start({ endpoint: await listen(server), clock });
    await until("the upgrade was tried", async () => {
      await settle();
      return clock.pending() === 1;
    });
    await clock.advance(14 * 60_000);
    expect(seen).toMatchObject({ connects: 1, refused: [] });
    await clock.advance(60_000);
    expect(seen.connects).toBe(2);
  });

  test("one that says nothing is left, and not called at once again", async () => {
    const clock = createFakeClock();
    let opened = 0;
    let closed = 0;
    const endpoint = await serveStreams((socket) => {
      opened += 1;
      socket.on("close", () => closed++);
    });
    const { seen } = start({ endpoint, clock });
    await until("the stream is open", () => seen.opened === 1);
    await clock.advance(64_000);
    expect(closed).toBe(0);
    await clock.advance(1000);
    await until("the stream was left", () => closed === 1);
    expect(opened).toBe(1);
    await until("the next is waited for", () => clock.pending() === 1);
    await clock.advance(1000);
    await until("it came back", () => opened === 2);
  });

  test("a ping is a sign of life", async () => {
    const clock = createFakeClock();
    const sockets: WebSocket[] = [];
    const endpoint = await serveStreams((socket) => sockets.push(socket));
    const { seen } = start({ endpoint, clock });
    await until("the stream is open", () => seen.opened === 1 && sockets.length === 1);
    for (let round = 0; round < 3; round++) {
      await clock.advance(50_000);
      await Promise.all(sockets.map((socket) => [once(socket, "pong"), socket.ping()][0]));
    }
    expect(seen.connects).toBe(1);
  });

  test("a heartbeat that gets no answer is sent as a request, and the stream is given up", async () => {
    const clock = createFakeClock();
    let closed = 0;
    const endpoint = await serveStreams((socket) => socket.on("close", () => closed++));
    const { stream, seen } = start({ endpoint, clock });
    await until("the stream is open", () => seen.opened === 1);
    const answer = stream.heartbeat(heartbeat);
    await clock.advance(20_000);
    expect(await answer).toEqual({ generation: 7 });
    await until("the stream was given up", () => closed === 1);
  });

  test("a heartbeat that is given up by who asked takes the stream along: its late answer must not count for the next", async () => {
    let closed = 0;
    const endpoint = await serveStreams((socket) => socket.on("close", () => closed++));
    const { stream, seen } = start({ endpoint, clock: createFakeClock() });
    await until("the stream is open", () => seen.opened === 1);
    const stop = new AbortController();
    const answer = stream.heartbeat(heartbeat, { signal: stop.signal });
    stop.abort(new Error("no time left"));
    await expect(answer).rejects.toThrow("no time left");
    await until("the stream was given up", () => closed === 1);
    expect(seen.posts).toBe(0);
  });

  test.each([
    [
      '{"error":{"code":"ServiceUnavailable","message":"The disk is full."}}',
      { status: 503, code: "ServiceUnavailable" },
    ],
    ['{"generation":"seven"}', { code: "UnexpectedAnswer" }],
    ["hello", { code: "UnexpectedAnswer" }],
  ])("an answer that is an error, or none at all, is told: %s", async (text, error) => {
    const endpoint = await serveStreams((socket) => socket.on("message", () => socket.send(text)));
    const { stream, seen } = start({ endpoint, clock: createFakeClock() });
    await until("the stream is open", () => seen.opened === 1);
    await expect(stream.heartbeat(heartbeat)).rejects.toMatchObject(error);
    expect(seen.posts).toBe(0);
  });
});
