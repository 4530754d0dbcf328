import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { openDatabase } from "../../../src/db/open-database.ts";
import type { SettingsInput } from "../../../src/settings.ts";
import { type Running, runControlPlane } from "../../support/running.ts";
import { waitFor } from "../../support/wait-for.ts";

/* Clients that mean harm, on real sockets. After each, the others are still served. */

let running: Running | undefined;
let ca = "";
afterEach(async () => {
  await running?.close();
  running = undefined;
});

async function start(settings: Partial<SettingsInput>): Promise<Running> {
  running = await runControlPlane(settings);
  ca = caOf(running);
  return running;
}
const caOf = ({ dataDir }: Running): string => readFileSync(join(dataDir, "ca.pem"), "utf8");
const portOf = ({ controlPlane }: Running): number => Number(new URL(controlPlane.endpoint).port);

interface Attacker {
  readonly socket: TLSSocket;
  /** All that came, once the connection has ended. */
  readonly ended: Promise<string>;
}

async function attack(of: Running, text = ""): Promise<Attacker> {
  const socket = connect({ host: "127.0.0.1", port: portOf(of), ca });
  let received = "";
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  const ended = new Promise<string>((resolve) => {
    socket.once("close", () => resolve(received));
  });
  await new Promise<void>((resolve) => {
    socket.once("secureConnect", resolve);
    socket.once("close", () => resolve());
  });
  if (text !== "") socket.write(text);
  return { socket, ended };
}

/** A well-behaved client gets its answer. */
async function expectService(of: Running): Promise<void> {
  const { ended } = await attack(of, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  expect(await ended).toMatch(/^HTTP\/1.1 200 /);
}

async function refusals(of: Running, reason: string): Promise<number> {
  const { values } = await of.controlPlane.services.metrics.refusals.get();
  return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
}

const statusOf = (answer: string): string => answer.slice(0, answer.indexOf("\r\n"));
const bodyOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));

describe("who is slow", () => {
  test("with headers is told so and sent away", async () => {
    const service = await start({ headersTimeoutMs: 400, requestTimeoutMs: 2000 });
    const { socket, ended } = await attack(service, "GET /healthz HTTP/1.1\r\nHost: x\r\n");
    const drip = setInterval(() => socket.write("X-A: b\r\n"), 50);
    const answer = await ended.finally(() => clearInterval(drip));
    expect(statusOf(answer)).toBe("HTTP/1.1 408 Request Timeout");
    expect(bodyOf(answer)).toMatchObject({ error: { code: "RequestTimeout" } });
    expect(await refusals(service, "slow")).toBe(1);
    await expectService(service);
  });

  test("with a body as well, and takes no place among those that are worked on", async () => {
    const service = await start({
      headersTimeoutMs: 400,
      requestTimeoutMs: 800,
      limits: { maxConcurrentRequests: 1 },
    });
    const path = `/subscriptions/${service.controlPlane.connection.subscriptionId}/resourceGroups/g`;
    const head = `PUT ${path}?api-version=2024-11-01 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`;
    const slow = await Promise.all([attack(service, head), attack(service, head), attack(service, head)]);
    const drip = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write(" ");
    }, 50);
    const token = await service.ownerToken();
    expect((await service.request("GET", `${path}?api-version=2024-11-01`, { token })).status).toBe(404);
    const answers = await Promise.all(slow.map(({ ended }) => ended)).finally(() => clearInterval(drip));
    for (const answer of answers) expect(statusOf(answer)).toBe("HTTP/1.1 408 Request Timeout");
  });

  test("with the TLS handshake, or says nothing at all", async () => {
    const service = await start({ headersTimeoutMs: 400, limits: { tlsHandshakeMs: 300, stalledAnswerMs: 1000 } });
    const mute = await openMute(service);
    const { ended } = await attack(service);
    await Promise.all([ended, new Promise((resolve) => mute.once("close", resolve))]);
    await expectService(service);
  });

  test("to read: whoever leaves an answer lying loses the connection", async () => {
    const service = await start({ limits: { stalledAnswerMs: 500 } });
    const { socket } = await attack(service);
    socket.pause();
    // Far more than the buffers of the system hold.
    for (let count = 0; count < 200; count++) socket.write("GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n");
    await waitFor("the end of the connection", async () => (await refusals(service, "stalled")) === 1);
    socket.destroy();
    await expectService(service);
  });

  test("between requests is no offence for a while", async () => {
    const service = await start({ headersTimeoutMs: 400, limits: { idleConnectionMs: 700, stalledAnswerMs: 300 } });
    const { socket, ended } = await attack(service, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    await sleep(500);
    socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
    expect((await ended).match(/HTTP\/1.1 200/g)).toHaveLength(2);
  });
});

describe("many connections", () => {
  test("of one address are limited, and a place is free again when one ends", async () => {
    const service = await start({ limits: { maxConnectionsPerAddress: 5 } });
    const held = await Promise.all(Array.from({ length: 5 }, () => attack(service)));
    expect(await (await attack(service, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).ended).toBe("");
    expect(await refusals(service, "connections-of-address")).toBe(1);
    held[0]?.socket.destroy();
    await held[0]?.ended;
    await waitFor(
      "a free place",
      async () =>
        (await (await attack(service, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).ended) !== "",
    );
    for (const { socket } of held) socket.destroy();
  });

  test("in all are limited", async () => {
    const service = await start({ limits: { maxConnections: 3 } });
    const held = await Promise.all(Array.from({ length: 3 }, () => attack(service)));
    expect(await (await attack(service, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).ended).toBe("");
    expect(await refusals(service, "connections")).toBe(1);
    for (const { socket } of held) socket.destroy();
  });

  test("that are idle, thousands of them, disturb nobody, and leave nothing", async () => {
    const service = await start({ limits: { tlsHandshakeMs: 600_000 } });
    const { server } = service.controlPlane.app;
    const connected = (): Promise<number> =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
      });
    const idle: Socket[] = [];
    const count = 3000;
    while (idle.length < count) {
      // Not more at once than the system keeps until they are accepted: those it forgets believe that they are connected.
      idle.push(...(await Promise.all(Array.from({ length: 100 }, () => openMute(service)))));
      await waitFor(`${idle.length} connections`, async () => (await connected()) === idle.length);
    }
    // Each of the others gets an answer, and none of those that say nothing has to go for it.
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 20 }, () => expectService(service)));
    }
    expect(idle.filter(({ destroyed, readyState }) => destroyed || readyState !== "open")).toEqual([]);
    await waitFor("the end of the others", async () => (await connected()) === count);
    for (const socket of idle) socket.destroy();
    await waitFor("the end of all", async () => (await connected()) === 0);
  }, 240_000);
});

/** A connection that never says a word. */
const openMute = (of: Running): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket: Socket = connectTcp(portOf(of), "127.0.0.1", () => resolve(socket));
    socket.once("error", reject);
    socket.resume();
  });

describe("what is no request", () => {
  const get = "GET /healthz HTTP/1.1\r\n";
  // One service for all of them: that it goes on as before is part of what is tested.
  let service: Running;
  beforeAll(async () => {
    service = await runControlPlane();
    ca = caOf(service);
  });
  afterAll(() => service?.close());

  test.each([
    [
      "a length and chunks",
      `POST /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
    ],
    ["two lengths", `POST /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n123456`],
    ["a length that is none", `POST /v2/ HTTP/1.1\r\nHost: x\r\nContent-Length: +6\r\n\r\n123456`],
    [
      "an encoding that is not the last",
      `POST /v2/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    ],
    ["a chunk of no size", `POST /v2/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n`],
    ["a blank before the colon", `${get}Host : x\r\n\r\n`],
    ["a folded header", `${get}Host: x\r\nX-A: b\r\n c\r\n\r\n`],
    ["a header with a null", `${get}Host: x\r\nX-A: b\0c\r\n\r\n`],
    ["no host", `${get}\r\n`],
    ["two hosts", `${get}Host: x\r\nHost: y\r\n\r\n`],
    ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["noise", "\x16\x03\x01\x00garbage\r\n\r\n"],
  ])("%s: is refused, and nothing that follows is taken for another", async (_what, text) => {
    const { ended } = await attack(service, `${text}GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const answer = await ended;
    expect(statusOf(answer)).toBe("HTTP/1.1 400 Bad Request");
    expect(answer.match(/HTTP\/1.1 \d/g)).toHaveLength(1);
    await expectService(service);
  });

  test("headers without end are refused at their limit", async () => {
    const { ended } = await attack(service, `${get}Host: x\r\nX-A: ${"a".repeat(40_000)}\r\n\r\n`);
    const answer = await ended;
    expect(statusOf(answer)).toBe("HTTP/1.1 431 Request Header Fields Too Large");
    expect(bodyOf(answer)).toMatchObject({ error: { code: "RequestHeaderFieldsTooLarge" } });
  });
});

describe("a stop under load", () => {
  test("finishes what was accepted: every answer is whole, and what it said is there afterwards", async () => {
    const service = await start({});
    const { subscriptionId } = service.controlPlane.connection;
    const token = await service.ownerToken();
    const agent = new Agent({ ca, keepAlive: true, maxSockets: 32 });
    const put = (name: string) =>
      new Promise<{ readonly status: number | undefined; readonly isWhole: boolean }>((resolve) => {
        const path = `/subscriptions/${subscriptionId}/resourceGroups/${name}?api-version=2024-11-01`;
        const call = request(
          {
            host: "127.0.0.1",
            port: portOf(service),
            method: "PUT",
            path,
            agent,
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          },
          (answer) => {
            let text = "";
            answer.on("data", (chunk) => {
              text += chunk;
            });
            answer.on("end", () => resolve({ status: answer.statusCode, isWhole: text.endsWith("}") }));
            answer.on("error", () => resolve({ status: answer.statusCode, isWhole: false }));
          },
        );
        call.on("error", () => resolve({ status: undefined, isWhole: true }));
        call.end('{"location":"westeurope"}');
      });
    const outcomes = new Map<string, Awaited<ReturnType<typeof put>>>();
    let isOver = false;
    const callers = Array.from({ length: 32 }, async (_, caller) => {
      for (let count = 0; !isOver; count++) {
        const name = `g-${caller}-${count}`;
        const outcome = await put(name);
        outcomes.set(name, outcome);
        if (outcome.status === undefined) return;
      }
    });
    await waitFor("some load", async () => outcomes.size > 100);
    await service.controlPlane.close();
    isOver = true;
    await Promise.all(callers);
    agent.destroy();

    const all = [...outcomes.values()];
    expect(all.filter(({ isWhole }) => !isWhole)).toEqual([]);
    const acknowledged = [...outcomes].flatMap(([name, { status }]) => (status === 201 ? [name] : []));
    expect(acknowledged.length).toBeGreaterThan(60);
    const { settings, log } = service.controlPlane.services;
    const store = await openDatabase({ settings, log, dataDir: service.dataDir });
    const saved = await store.read.selectFrom("resource_groups").select("name").execute();
    await store.close();
    const names = new Set(saved.map(({ name }) => name));
    expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  });
});
