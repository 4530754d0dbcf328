import type { IncomingMessage } from "node:http";
import { Agent, get } from "node:https";
import { dataPlanePath } from "@arcfleet/contract";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Running, runControlPlane } from "../support/running.ts";
import { attachCluster, type TestCluster } from "../support/test-cluster.ts";

describe("notification streams", () => {
  let running: Running;
  let cluster: TestCluster;
  let token: string;
  let agent: Agent;
  beforeEach(async () => {
    running = await runControlPlane();
    cluster = await attachCluster(running, "edge");
    token = await cluster.token();
    agent = new Agent({ ca: running.controlPlane.services.pki.caPem });
  });
  afterEach(async () => {
    agent.destroy();
    await running.close();
  });

  const open = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const url = `${running.controlPlane.endpoint}${dataPlanePath(cluster.id, "notifications")}`;
      get(url, { agent, headers: { authorization: `Bearer ${token}` } }, resolve).on("error", reject);
    });

  test("a cluster may hold sixteen; the next is told to come back, and finds room when one has gone", async () => {
    const streams = await Promise.all(Array.from({ length: 16 }, open));
    expect(streams.map(({ statusCode }) => statusCode)).toEqual(streams.map(() => 200));
    const refused = await open();
    expect(refused.statusCode).toBe(429);
    expect(refused.headers["retry-after"]).toBe("30");
    refused.resume();
    streams[0]?.destroy();
    const deadline = Date.now() + 10_000;
    let status: number | undefined;
    while (status !== 200) {
      if (Date.now() > deadline) throw new Error(`no room after a stream was closed; last answer ${status}`);
      const again = await open();
      status = again.statusCode;
      again.resume();
    }
  });

  test("a control plane that stops ends its streams at once and does not wait for their readers", async () => {
    const stream = await open();
    const ended = new Promise<void>((resolve) => stream.on("end", resolve).resume());
    await running.controlPlane.close();
    // A whole stream, with its end: one that was cut off would have no "end".
    await ended;
  });
});
