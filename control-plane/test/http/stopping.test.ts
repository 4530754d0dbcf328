import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { json } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { startApi } from "../support/api.ts";

test("a request that comes while the application closes is told when to come back, in the form of its route", async () => {
  await using api = await startApi();
  const { app, connection } = api.controlPlane;
  const agent = new Agent({ keepAlive: true, ca: await readFile(connection.caFile) });
  const get = async (path: string) => {
    const sent = request(`${connection.endpoint}${path}`, { agent }).end();
    const [message]: IncomingMessage[] = await once(sent, "response");
    return { status: message?.statusCode, headers: message?.headers, body: message && (await json(message)) };
  };
  expect(await get("/healthz")).toMatchObject({ status: 200 });
  // The port is given back later: who has a connection goes on asking.
  await app.close();
  const stopping = { code: "ServiceUnavailable", message: "The control plane is stopping. Repeat the request." };
  for (const [path, error] of [
    ["/healthz", stopping],
    ["/subscriptions?api-version=2022-12-01", stopping],
    ["/common/discovery/v2.0/keys", "temporarily_unavailable"],
  ] as const) {
    expect(await get(path)).toMatchObject({
      status: 503,
      headers: { "retry-after": "1", "x-ms-request-id": expect.any(String) },
      body: { error },
    });
  }
  agent.destroy();
});
