import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { addressReachableFrom, contextOf } from "../../src/demo/reachable-address.ts";

let folder: string;
let server: Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  server = createServer((socket) => socket.end()).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const portOf = (): number => (server.address() as AddressInfo).port;

async function kubeconfig(text: string): Promise<string> {
  const path = join(folder, "config");
  await writeFile(path, text);
  return path;
}

const config = (context: string): string => `
current-context: ${context}
contexts: [{ name: mine, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:${portOf()}" } }]
users: []
`;

test("the context and its server are found", async () => {
  expect(await contextOf(await kubeconfig(config("mine")))).toEqual({
    context: "mine",
    server: `https://127.0.0.1:${portOf()}`,
  });
});

test("a loopback API server does not tell how its pods reach this machine", async () => {
  await expect(addressReachableFrom(await kubeconfig(config("mine")))).rejects.toThrow(/name one with --address/);
});

test("a file that is missing, no kubeconfig, or without a usable context is named with the reason", async () => {
  await expect(contextOf("/nowhere")).rejects.toThrow(/kubeconfig \/nowhere cannot be read/);
  await expect(contextOf(await kubeconfig("a: 1"))).rejects.toThrow(/is not a kubeconfig/);
  await expect(contextOf(await kubeconfig(config("other")))).rejects.toThrow(/no current context with a cluster/);
});
