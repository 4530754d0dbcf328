import { readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { dataPlanePath } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Running, runControlPlane } from "../support/running.ts";
import { attachCluster, type TestCluster } from "../support/test-cluster.ts";
import { waitFor } from "../support/wait-for.ts";

/* Bytes as no library would send them. After each, the others are still served. */
describe("requests for an upgrade", () => {
  let running: Running;
  let cluster: TestCluster;
  let token: string;
  beforeAll(async () => {
    running = await runControlPlane();
    cluster = await attachCluster(running, "edge");
    token = await cluster.token();
  });
  afterAll(() => running.close());

  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
  const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
  const stream = (): string => dataPlanePath(cluster.id, "heartbeat-stream");
  const head = (path: string, headers: string, method = "GET"): string =>
    `${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

  /** All that comes until the other end closes. */
  const send = async (text: string): Promise<string> => {
    const socket = connect({
      host: "127.0.0.1",
      port: Number(new URL(running.controlPlane.endpoint).port),
      ca: readFileSync(join(running.dataDir, "ca.pem"), "utf8"),
    });
    let received = "";
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
    });
    socket.on("secureConnect", () => socket.write(text));
    await new Promise<void>((resolve) => socket.once("close", () => resolve()));
    return received;
  };
  const statusOf = (answer: string): string => answer.slice(0, answer.indexOf("\r\n"));
  const codeOf = (answer: string): unknown => JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4)).error.code;
  const bearer = (): string => `Authorization: Bearer ${token}\r\n`;

  test.each([
    ["an unknown path", () => head("/nowhere", upgrade + key), "404 Not Found", "NotFound"],
    ["no token", () => head(stream(), upgrade + key), "401 Unauthorized", "AuthenticationFailed"],
    ["no key", () => head(stream(), upgrade + bearer()), "400 Bad Request", "BadRequest"],
    [
      "a version that nobody speaks",
      () => head(stream(), upgrade + bearer() + key.replace("13", "7")),
      "400 Bad Request",
      "BadRequest",
    ],
  ])("%s: refused with ARM's error, and the connection ends", async (_, text, status, code) => {
    const answer = await send(text());
    expect(statusOf(answer)).toBe(`HTTP/1.1 ${status}`);
    expect(codeOf(answer)).toBe(code);
    expect(answer).toMatch(/^x-ms-request-id: /im);
  });

  test("another path is answered as if nobody had asked for an upgrade", async () => {
    expect(statusOf(await send(head("/healthz", upgrade + key)))).toBe("HTTP/1.1 200 OK");
  });

  test.each([
    ["another protocol", () => head("/healthz", "Connection: Upgrade, close\r\nUpgrade: h2c\r\n")],
    [
      "a body",
      () => `${head("/healthz", `Connection: Upgrade, close\r\nUpgrade: websocket\r\n${key}Content-Length: 2\r\n`)}{}`,
    ],
  ])("with %s are requests like any other", async (_, text) => {
    expect(statusOf(await send(text()))).toBe("HTTP/1.1 200 OK");
  });

  test("behind a request whose answer is still on its way end the connection, and nothing else", async () => {
    const slow = head(`/subscriptions?api-version=2022-12-01`, bearer());
    const answer = await send(slow + head(stream(), upgrade + bearer() + key));
    expect(answer).not.toContain("101 Switching");
    expect((await running.request("GET", "/healthz")).status).toBe(200);
  });

  test("of clients that are gone before their token was read leave nothing behind", async () => {
    const { inFlight } = running.controlPlane.services.metrics;
    const gone = Array.from({ length: 20 }, async () => {
      const socket = connect({
        host: "127.0.0.1",
        port: Number(new URL(running.controlPlane.endpoint).port),
        ca: readFileSync(join(running.dataDir, "ca.pem"), "utf8"),
      });
      socket.on("error", () => {});
      await new Promise((resolve) => socket.once("secureConnect", resolve));
      socket.write(head(stream(), upgrade + bearer() + key), () => socket.destroy());
      await new Promise((resolve) => socket.once("close", resolve));
    });
    await Promise.all(gone);
    await waitFor("nothing is in flight", async () => (await inFlight.get()).values[0]?.value === 0);
    const { streams } = running.controlPlane.services.metrics;
    await waitFor("no stream is open", async () => (await streams.get()).values.every(({ value }) => value === 0));
  });
});
