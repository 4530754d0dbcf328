import { once } from "node:events";
import { rm } from "node:fs/promises";
import { dataPlanePath, type Heartbeat, HeartbeatStreamAnswer, maxStreamedHeartbeatBytes } from "@arcfleet/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { WebSocket } from "ws";
import { type Running, runControlPlane } from "../support/running.ts";
import { attachCluster, type TestCluster } from "../support/test-cluster.ts";
import { waitFor } from "../support/wait-for.ts";

const heartbeat: Heartbeat = {
  agentVersion: "1.40.0",
  kubernetesVersion: "1.34.2",
  totalNodeCount: 3,
  totalCoreCount: 12,
};

interface Opened {
  readonly socket: WebSocket;
  readonly answers: string[];
  /** Code and reason, once it is closed. */
  readonly closed: Promise<string>;
  /** Sends a heartbeat and waits for its answer. */
  beat(fields?: Partial<Heartbeat>): Promise<HeartbeatStreamAnswer>;
}

describe("heartbeat streams", () => {
  let running: Running;
  let cluster: TestCluster;
  let token: string;
  const sockets: WebSocket[] = [];
  let clusters = 0;

  const start = async (): Promise<void> => {
    running = await runControlPlane({ limits: { streamProbeMs: 300 } });
  };
  beforeAll(start);
  beforeEach(async () => {
    cluster = await attachCluster(running, `edge-${clusters++}`);
    token = await cluster.token();
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await waitFor("all streams are gone", async () => (await openStreams()) === 0);
  });
  afterAll(() => running.close());

  const connect = (options: { id?: string; bearer?: string; autoPong?: boolean } = {}): WebSocket => {
    const { id = cluster.id, bearer = token, autoPong = true } = options;
    const url = `${running.controlPlane.endpoint}${dataPlanePath(id, "heartbeat-stream")}`.replace(/^http/, "ws");
    const socket = new WebSocket(url, {
      ca: running.controlPlane.services.pki.caPem,
      headers: { authorization: `Bearer ${bearer}` },
      autoPong,
    });
    sockets.push(socket);
    return socket;
  };
  const open = async (options: Parameters<typeof connect>[0] = {}): Promise<Opened> => {
    const socket = connect(options);
    const answers: string[] = [];
    socket.on("message", (data) => answers.push(String(data)));
    const closed = new Promise<string>((resolve) => {
      socket.on("close", (code, reason) => resolve(`${code} ${reason}`));
    });
    socket.on("error", () => {});
    await once(socket, "open");
    return {
      socket,
      answers,
      closed,
      async beat(fields = {}) {
        const before = answers.length;
        socket.send(JSON.stringify({ ...heartbeat, ...fields }));
        await waitFor("the answer to a heartbeat", async () => answers.length > before);
        return HeartbeatStreamAnswer.parse(JSON.parse(answers[before] ?? ""));
      },
    };
  };
  /** The answer that came instead of a WebSocket. */
  const refusal = async (options: Parameters<typeof connect>[0] = {}) => {
    const socket = connect(options);
    socket.on("error", () => {});
    const [, answer] = await once(socket, "unexpected-response");
    let text = "";
    for await (const chunk of answer) text += String(chunk);
    return { status: answer.statusCode, headers: answer.headers, ...JSON.parse(text) };
  };
  /** Sends a message; resolves when the other end has it: it answers the ping behind it. */
  const arrived = async ({ socket }: Opened, text: string): Promise<void> => {
    const pong = once(socket, "pong");
    socket.send(text);
    socket.ping();
    await pong;
  };
  const properties = async () =>
    (
      await running.request("GET", `${cluster.id}?api-version=2024-07-01-preview`, {
        token: await running.ownerToken(),
      })
    ).json().properties;
  const remove = async () =>
    running.request("DELETE", `${cluster.id}?api-version=2024-07-01-preview`, { token: await running.ownerToken() });
  const openStreams = async (): Promise<number> => {
    const { values } = await running.controlPlane.services.metrics.streams.get();
    return values.find(({ labels }) => labels.kind === "heartbeats")?.value ?? 0;
  };

  test("an answered heartbeat is saved, and the next may differ from it", async () => {
    const { beat } = await open();
    expect(await beat()).toEqual({ generation: 0 });
    expect(await properties()).toMatchObject({ connectivityStatus: "Connected", totalNodeCount: 3 });
    await beat({ totalNodeCount: 4 });
    expect(await properties()).toMatchObject({ totalNodeCount: 4 });
    await beat({ totalNodeCount: 4 });
    await beat();
    expect(await properties()).toMatchObject({ totalNodeCount: 3 });
  });

  test("the handshake carries the ids of the request, and is counted and logged as one that was answered", async () => {
    const socket = connect();
    const [[answer]] = await Promise.all([once(socket, "upgrade"), once(socket, "open")]);
    expect(answer.headers).toMatchObject({
      "x-ms-request-id": expect.any(String),
      "x-ms-correlation-request-id": expect.any(String),
    });
    expect(await openStreams()).toBe(1);
    const { inFlight, requests } = running.controlPlane.services.metrics;
    expect((await inFlight.get()).values).toEqual([{ labels: {}, value: 0 }]);
    const { values } = await requests.get();
    expect(values.some(({ labels }) => labels.status === "101" && labels.route?.toString().includes("heartbeat"))).toBe(
      true,
    );
    socket.close();
    await waitFor("the stream is gone", async () => (await openStreams()) === 0);
  });

  test.each([
    ["the token of another cluster", async () => (await attachCluster(running, "other")).token(), 403],
    ["an Owner's token", () => running.ownerToken(), 403],
    ["no token that is one", async () => "nonsense", 401],
  ])("%s is refused before the upgrade, as any request is", async (_, bearer, status) => {
    const refused = await refusal({ bearer: await bearer() });
    expect(refused.status).toBe(status);
    expect(refused.error.code).toBe(status === 401 ? "AuthenticationFailed" : "AuthorizationFailed");
    expect(refused.headers["x-ms-request-id"]).toEqual(expect.any(String));
    expect(await openStreams()).toBe(0);
  });

  test("a request that asks for no WebSocket is told so", async () => {
    const answer = await running.request("GET", dataPlanePath(cluster.id, "heartbeat-stream"), { token });
    expect(answer.status).toBe(426);
    expect(answer.headers.upgrade).toBe("websocket");
    expect(answer.json().error.code).toBe("UpgradeRequired");
  });

  test("a cluster may hold sixteen; the next is told to come back, and finds room when one has gone", async () => {
    const held = await Promise.all(Array.from({ length: 16 }, () => open()));
    const refused = await refusal();
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "30"]);
    held[0]?.socket.terminate();
    await waitFor("the place is free", async () => (await openStreams()) === 15);
    await open();
  });

  test.each([
    ["a binary message", (socket: WebSocket) => socket.send(Buffer.from(JSON.stringify(heartbeat))), /^1003 /],
    [
      "a message that is larger than any heartbeat",
      (socket: WebSocket) => socket.send("x".repeat(maxStreamedHeartbeatBytes + 1)),
      /^1009 /,
    ],
    [
      "a second heartbeat before the answer to the first",
      (socket: WebSocket) => {
        for (let count = 0; count < 5000; count++) socket.send(JSON.stringify(heartbeat));
      },
      /^1008 /,
    ],
  ])("%s ends the stream with a code that says why", async (_, send, code) => {
    const { socket, closed } = await open();
    send(socket);
    expect(await closed).toMatch(code);
    await waitFor("the stream is gone", async () => (await openStreams()) === 0);
    await (await open()).beat();
  });

  test.each(["{", "[]", JSON.stringify({ ...heartbeat, totalNodeCount: -1 }), '"text"'])(
    "what is no heartbeat is answered with what is wrong, and ends the stream: %s",
    async (text) => {
      const { socket, answers, closed } = await open();
      socket.send(text);
      expect(await closed).toMatch(/^1008 /);
      expect(JSON.parse(answers[0] ?? "")).toMatchObject({ error: { code: "InvalidRequestContent" } });
    },
  );

  test("frames that are no frames end the stream", async () => {
    const { socket, closed } = await open();
    // The library would send nothing like it.
    (socket as unknown as { _socket: { write(data: Buffer): void } })._socket.write(
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    );
    expect(await closed).toMatch(/^(1002|1006) /);
    await waitFor("the stream is gone", async () => (await openStreams()) === 0);
  });

  test("the heartbeat of a cluster that was deleted says that it is gone, and the stream ends", async () => {
    const { beat, closed } = await open();
    await beat();
    await remove();
    expect(await beat()).toEqual({ generation: 0 });
    expect(await closed).toMatch(/^4401 /);
  });

  test("a stream ends soon after its cluster was deleted, also when it says nothing", async () => {
    const { closed } = await open();
    await remove();
    expect(await closed).toMatch(/^4401 /);
  });

  test("a stream ends when the key that signed its token is revoked", async () => {
    const { closed, beat } = await open();
    await beat();
    await running.controlPlane.services.identity.keys.rotate("revoke");
    expect(await closed).toMatch(/^4401 /);
  });

  test("a stream does not outlive the token that it was opened with", async () => {
    const { closed } = await open();
    running.clock.advance(61 * 60 * 1000);
    expect(await closed).toMatch(/^1001 /);
  });

  test("an idle stream whose other end answers pings stays", async () => {
    const { socket, beat } = await open();
    let pings = 0;
    socket.on("ping", () => pings++);
    await waitFor("four pings", async () => pings >= 4);
    expect(await beat()).toEqual({ generation: 0 });
  });

  test("one whose other end is gone without a word ends", async () => {
    const { closed } = await open({ autoPong: false });
    expect(await closed).toMatch(/^1006 /);
    await waitFor("the stream is gone", async () => (await openStreams()) === 0);
  });

  test("a control plane that stops answers what it was sent, then says good-bye, and waits for nobody", async () => {
    const [busy, idle, mute] = [await open(), await open(), await open()];
    mute.socket.pause();
    await arrived(busy, JSON.stringify({ ...heartbeat, totalNodeCount: 7 }));
    await running.controlPlane.close();
    expect(await idle.closed).toMatch(/^1001 /);
    expect(await busy.closed).toMatch(/^1001 /);
    expect(busy.answers).toEqual(['{"generation":0}']);
    await rm(running.dataDir, { recursive: true, force: true });
    await start();
  });
});
