import { readFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { httpCall } from "../support/http-call.ts";
import { fuzzSettings } from "./fuzz/fuzz-settings.ts";

/** Longer than the service waits for headers that do not come. */
const closedWithinMs = 30_000;

/** What no client library lets one send: the bytes themselves. */
describe("a connection", () => {
  let service: SpawnedControlPlane;
  let ca: Buffer;
  let address: { readonly host: string; readonly port: number };

  beforeAll(async () => {
    service = await spawnControlPlane();
    ca = readFileSync(service.connection.caFile);
    const { hostname, port } = new URL(service.connection.endpoint);
    address = { host: hostname, port: Number(port) };
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
  });

  /** Sends the parts one after the other, and answers with all that came back before the connection was closed. */
  async function talk(parts: readonly (string | Buffer)[], end = false): Promise<string> {
    const socket = connect({ ...address, ca, servername: "localhost" });
    const chunks: Buffer[] = [];
    const closed = Promise.withResolvers<string>();
    const timer = setTimeout(() => closed.reject(new Error("the connection was not closed in time")), closedWithinMs);
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A reset is a way to close, too: what came before it counts.
    socket.on("error", () => undefined);
    socket.on("close", () => closed.resolve(Buffer.concat(chunks).toString("latin1")));
    socket.on("secureConnect", () => {
      for (const part of parts) socket.write(part);
      if (end) socket.end();
    });
    try {
      return await closed.promise;
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  const answers = async (): Promise<void> => {
    const { status } = await httpCall(`${service.connection.endpoint}/readyz`, service.connection.caFile);
    expect(status).toBe(200);
  };
  const statusesOf = (text: string): number[] =>
    [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  const close = "Host: localhost\r\nConnection: close\r\n";
  const get = (path: string, headers = close): string => `GET ${path} HTTP/1.1\r\n${headers}\r\n`;

  test("that sends requests one behind the other gets the answers in their order", async () => {
    const text = await talk([
      get("/healthz", "Host: localhost\r\n") + get("/nothing", "Host: localhost\r\n") + get("/readyz"),
    ]);
    expect(statusesOf(text)).toEqual([200, 404, 200]);
    expect(text.indexOf('"ok"')).toBeLessThan(text.indexOf('"ready"'));
  });

  test("that begins with HTTP/2 is refused and closed", async () => {
    const text = await talk(["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]);
    expect(statusesOf(text).every((status) => status >= 400 && status < 500)).toBe(true);
    await answers();
  });

  test("that speaks no TLS is closed", async () => {
    const socket = connectTcp(address);
    const closed = Promise.withResolvers<void>();
    socket.on("error", () => undefined).on("close", () => closed.resolve());
    socket.on("data", () => undefined);
    socket.write(get("/healthz"));
    await closed.promise;
    await answers();
  });

  test.each([
    ["two lengths", `POST /subscriptions HTTP/1.1\r\n${close}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`],
    [
      "a length and chunks",
      `POST /subscriptions HTTP/1.1\r\n${close}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["a length that is no number", `POST /subscriptions HTTP/1.1\r\n${close}Content-Length: many\r\n\r\n`],
    ["a negative length", `POST /subscriptions HTTP/1.1\r\n${close}Content-Length: -1\r\n\r\n`],
    ["an unknown coding", `POST /subscriptions HTTP/1.1\r\n${close}Transfer-Encoding: odd, chunked\r\n\r\n0\r\n\r\n`],
    ["chunks without a size", `POST /subscriptions HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\nzz\r\n`],
    ["a bare line feed", "GET /healthz HTTP/1.1\nHost: localhost\nConnection: close\n\n"],
    ["a space before the colon", `GET /healthz HTTP/1.1\r\nHost : localhost\r\nConnection: close\r\n\r\n`],
    ["a folded header", `GET /healthz HTTP/1.1\r\n${close}X-Odd: a\r\n b\r\n\r\n`],
    ["no host", "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["an unknown version", `GET /healthz HTTP/9.9\r\n${close}\r\n`],
    ["an unknown method", `FETCH /healthz HTTP/1.1\r\n${close}\r\n`],
    ["raw bytes in the path", Buffer.from(`GET /\x00\x01\xff HTTP/1.1\r\n${close}\r\n`, "latin1")],
    [
      "headers without end",
      `GET /healthz HTTP/1.1\r\n${close}${"X-Odd: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n".repeat(5000)}`,
    ],
    ["a path without end", `GET /${"a".repeat(200_000)}`],
    ["one header without end", `GET /healthz HTTP/1.1\r\nX-Odd: ${"a".repeat(200_000)}`],
    ["bytes of no meaning", Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 89) % 256))],
  ])("with %s is refused or answered, never with a fault, and closed", async (_what, bytes) => {
    const text = await talk([bytes]);
    expect(statusesOf(text).filter((status) => status >= 500 && status !== 505)).toEqual([]);
    await answers();
  });

  test.each([
    ["headers", `GET /healthz HTTP/1.1\r\nHost: loc`],
    [
      "a body",
      `POST /subscriptions HTTP/1.1\r\n${close}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":`,
    ],
    ["a chunk", `POST /subscriptions HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\nff\r\nabc`],
  ])("that ends in the middle of %s is closed", async (_what, bytes) => {
    await talk([bytes], true);
    await answers();
  });

  test("that never finishes its headers is closed, and costs the others nothing", async () => {
    const slow = Array.from({ length: 50 }, () => talk(["GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: "]));
    await answers();
    const statuses = (await Promise.all(slow)).flatMap(statusesOf);
    expect(statuses.every((status) => status === 408)).toBe(true);
  });

  test("with any cut and any noise in a request is closed, and the service goes on", async () => {
    const request = Buffer.from(
      `PUT /subscriptions/x/resourceGroups/g?api-version=2024-11-01 HTTP/1.1\r\n${close}Authorization: Bearer a.b.c\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"location":"westeurope"}`,
    );
    const { runs, seed } = fuzzSettings();
    const noise = fc.record({
      cut: fc.nat(request.length),
      changes: fc.array(fc.record({ at: fc.nat(request.length - 1), byte: fc.nat(255) }), { maxLength: 4 }),
    });
    const property = fc.asyncProperty(noise, async ({ cut, changes }) => {
      const bytes = Buffer.from(request);
      for (const { at, byte } of changes) bytes[at] = byte;
      const text = await talk([bytes.subarray(0, cut)], true);
      expect(statusesOf(text).filter((status) => status >= 500 && status !== 505)).toEqual([]);
    });
    await fc.assert(property, { numRuns: Math.ceil(runs / 40), seed, interruptAfterTimeLimit: 60_000 });
    await answers();
  });
});
