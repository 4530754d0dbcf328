import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { createKubeClient } from "../../src/connected-cluster/kube-client.ts";
import { type ChosenContext, chooseContext } from "../../src/connected-cluster/kubeconfig.ts";

const Answer = z.object({ user: z.string() });

let server: Server;
let accepted: string;
let asked: number;

beforeEach(async () => {
  asked = 0;
  server = createServer((request, response) => {
    asked++;
    const isFine = request.headers.authorization === `Bearer ${accepted}`;
    response.writeHead(isFine ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify(isFine ? { user: accepted } : {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

/** A context whose credentials are the given tokens, one after another; TLS is not what is asked here. */
function contextWith(...tokens: readonly string[]): ChosenContext {
  const [token = "", ...later] = tokens;
  const chosen = chooseContext(
    {
      clusters: [{ name: "c", cluster: { server: "https://replaced" } }],
      users: [{ name: "u", user: { token } }],
      contexts: [{ name: "one", context: { cluster: "c", user: "u" } }],
    },
    "one",
  );
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    ...chosen,
    server: `http://127.0.0.1:${port}`,
    ...(later.length > 0 ? { renew: () => contextWith(...later) } : {}),
  };
}

const { signal } = new AbortController();

describe("a client of a cluster", () => {
  test("fetches its credentials once more when they are refused: those of clouds end after minutes", async () => {
    accepted = "new";
    const kube = await createKubeClient(contextWith("old", "new"), signal);
    const answers = await Promise.all([kube.request("/a", Answer), kube.request("/b", Answer)]);
    expect(answers).toEqual([{ user: "new" }, { user: "new" }]);
    expect(asked).toBe(4);
    await kube.request("/c", Answer);
    expect(asked).toBe(5);
  });

  test("says that they are wrong when the new ones are refused too", async () => {
    accepted = "nothing";
    const kube = await createKubeClient(contextWith("old", "new"), signal);
    await expect(kube.request("/", Answer)).rejects.toThrow(/refuses the credentials of the user 'u'/);
    expect(asked).toBe(2);
  });

  test("asks once with credentials that cannot change", async () => {
    accepted = "nothing";
    const kube = await createKubeClient(contextWith("old"), signal);
    await expect(kube.request("/", Answer)).rejects.toThrow(/refuses the credentials/);
    expect(asked).toBe(1);
  });
});
