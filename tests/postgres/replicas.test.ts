/** Two `arcfleet serve` processes over one PostgreSQL with a synchronous standby, behind a load balancer; each of the parts fails in turn. */
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { dataPlanePath } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { type HttpAnswer, httpCall } from "../support/http-call.ts";
import { type LoadBalancer, loadBalancer } from "../support/load-balancer.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { freePort, type PostgresServer, startPostgres } from "../support/postgres.ts";
import { simulatedAgent } from "../support/simulated-agent.ts";
import { waitFor } from "../support/wait-for.ts";

const settings = ["max_connections = 100", "synchronous_commit = on", "wal_level = replica"];

let primary: PostgresServer;
let standby: PostgresServer;
let balancer: LoadBalancer;
let replicas: readonly [SpawnedControlPlane, SpawnedControlPlane];
let ports: readonly number[];
let arm: ArmCaller;
let group: string;

const undo: (() => PromiseLike<unknown>)[] = [];
const open = async <T extends AsyncDisposable>(what: Promise<T>): Promise<T> => {
  const opened = await what;
  undo.unshift(() => opened[Symbol.asyncDispose]());
  return opened;
};

beforeAll(async () => {
  primary = await open(startPostgres({ isDurable: true, settings }));
  await primary.query("create database fleet template template0 encoding 'UTF8'");
  standby = await open(startPostgres({ isDurable: true, settings, standbyOf: primary }));
  await primary.query("alter system set synchronous_standby_names = 'standby'");
  await primary.query("select pg_reload_conf()");
  await waitFor(() => primary.query("select sync_state from pg_stat_replication"), {
    timeoutMs: 60_000,
    describe: "the standby is synchronous",
    until: ([row]) => row?.sync_state === "sync",
  });
  balancer = await open(loadBalancer());
  ports = [await freePort(), await freePort()];
  const database = `postgres://arcfleet:secret@127.0.0.1:${primary.port},127.0.0.1:${standby.port}/fleet`;
  const publicUrl = ["--public-url", `https://127.0.0.1:${balancer.port}`];
  const first = await open(spawnControlPlane({ database, port: ports[0] ?? 0, args: publicUrl }));
  const masterKey = ["--master-key-file", join(first.dataDir, "master.key")];
  const second = await open(spawnControlPlane({ database, port: ports[1] ?? 0, args: [...publicUrl, ...masterKey] }));
  replicas = [first, second];
  balancer.setPorts(ports);
  arm = await armCaller(first.connection);
  group = await newGroup("fleet");
}, 180_000);

afterAll(async () => {
  for (const step of undo) await step();
});

async function newGroup(name: string): Promise<string> {
  const id = `/subscriptions/${arm.connection.subscriptionId}/resourceGroups/${name}`;
  await persist(() => arm.call(`${id}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } }));
  return id;
}

const clusterUrl = (name: string, of = group): string =>
  `${of}/providers/Microsoft.Kubernetes/connectedClusters/${name}?api-version=2024-01-01`;

const putCluster = (name: string, of = group, key = ""): Promise<HttpAnswer> =>
  arm.call(clusterUrl(name, of), {
    method: "PUT",
    body: { location: "westeurope", properties: { agentPublicKeyCertificate: key } },
    timeoutMs: 20_000,
  });

/** What real clients do: broken connections and 503 are tried again, anything else is an answer. */
async function persist(call: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await call().catch((error: unknown) => error);
    const isAnswer = typeof answer === "object" && answer !== null && "status" in answer;
    if (isAnswer && answer.status !== 503) return answer as HttpAnswer;
    if (Date.now() > deadline) throw new Error(`no answer for a minute; last: ${JSON.stringify(answer)} ${answer}`);
    await delay(100);
  }
}

/** Writes clusters while `disturb` does its worst, then looks for each one that was acknowledged. */
async function countLost(prefix: string, disturb: () => Promise<void>): Promise<{ written: number; lost: string[] }> {
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let isOver = false;
  let next = 0;
  const writeOn = async (): Promise<void> => {
    while (!isOver) {
      const name = `${prefix}-${next++}`;
      const answer = await persist(() => putCluster(name));
      if (answer.status === 201 || answer.status === 200) acknowledged.push(name);
      else refused.push(`${answer.status} ${answer.text}`);
    }
  };
  const writers = Array.from({ length: 6 }, writeOn);
  await disturb().finally(() => {
    isOver = true;
  });
  await Promise.all(writers);
  expect(refused).toEqual([]);
  const present = await listNames();
  return { written: acknowledged.length, lost: acknowledged.filter((name) => !present.has(name)) };
}

async function listNames(): Promise<Set<string>> {
  const names = new Set<string>();
  let link: string | null | undefined =
    `${group}/providers/Microsoft.Kubernetes/connectedClusters?api-version=2024-01-01`;
  while (link) {
    const at: string = link;
    const answer = await persist(() => arm.call(at));
    const page = answer.json as { value: { name: string }[]; nextLink?: string | null };
    for (const { name } of page.value) names.add(name);
    link = page.nextLink;
  }
  return names;
}

/** Opens the stream of notifications and notes when each one came; the current generation has come when it is returned. */
async function listenTo(url: string, token: string): Promise<AsyncDisposable & { readonly heardAt: number[] }> {
  const heardAt: number[] = [];
  const headers = { authorization: `Bearer ${token}` };
  const sent = request(url, { headers, ca: readFileSync(arm.connection.caFile), agent: false }, (answer) => {
    answer.on("error", () => {});
    answer.on("data", (chunk: Buffer) => {
      if (chunk.includes("event: generation")) heardAt.push(performance.now());
    });
  });
  sent.on("error", () => {});
  sent.end();
  await waitFor(() => heardAt.length > 0, { timeoutMs: 60_000, describe: "the stream is open" });
  return { heardAt, [Symbol.asyncDispose]: async () => void sent.destroy() };
}

describe("two replicas", () => {
  test("know each other's writes, tokens and certificates", async () => {
    const direct = ports.map((port) => ({ ...arm.connection, endpoint: `https://127.0.0.1:${port}` }));
    expect((await putCluster("shared")).status).toBe(201);
    for (const { endpoint } of direct) {
      const answer = await httpCall(`${endpoint}${clusterUrl("shared")}`, arm.connection.caFile, {
        headers: { authorization: `Bearer ${arm.token}` },
      });
      expect(answer.status).toBe(200);
    }
  });

  test("an agent whose stream is on one hears within a second of what the other was told", async () => {
    const key = onboardingKey();
    expect((await putCluster("listening", group, key.publicKeyBase64)).status).toBe(201);
    const endpoint = `https://127.0.0.1:${ports[0]}`;
    const id = clusterUrl("listening").split("?")[0] ?? "";
    const agent = await simulatedAgent(arm.connection, id, key);
    await agent.heartbeat();
    await using stream = await listenTo(`${endpoint}${dataPlanePath(id, "notifications")}`, agent.token);
    const delays: number[] = [];
    for (const name of ["one", "two", "three"]) {
      const extension = `${id}/providers/Microsoft.KubernetesConfiguration/extensions/${name}?api-version=2023-05-01`;
      const before = stream.heardAt.length;
      const put = await httpCall(`https://127.0.0.1:${ports[1]}${extension}`, arm.connection.caFile, {
        method: "PUT",
        headers: { authorization: `Bearer ${arm.token}` },
        body: { properties: { extensionType: "microsoft.flux" } },
      });
      expect(put.status).toBe(201);
      const answeredAt = performance.now();
      await waitFor(() => stream.heardAt.length > before, {
        timeoutMs: 60_000,
        intervalMs: 5,
        describe: "the stream told of the write",
      });
      delays.push((stream.heardAt.at(-1) ?? 0) - answeredAt);
    }
    process.stderr.write(`heard after ${delays.map(Math.round).join(", ")} ms\n`);
    expect(Math.max(...delays)).toBeLessThan(1000);
  });

  test("what one began before it was killed is finished by the other", async () => {
    const doomed = await newGroup("doomed");
    const names = Array.from({ length: 120 }, (_, at) => `c-${at}`);
    for (let at = 0; at < names.length; at += 10) {
      await Promise.all(names.slice(at, at + 10).map((name) => persist(() => putCluster(name, doomed))));
    }
    const began = await httpCall(
      `https://127.0.0.1:${ports[0]}${doomed}?api-version=2024-11-01`,
      arm.connection.caFile,
      {
        method: "DELETE",
        headers: { authorization: `Bearer ${arm.token}` },
      },
    );
    expect(began.status).toBe(202);
    await replicas[0].kill("SIGKILL");
    await waitFor(() => persist(() => arm.call(`${doomed}?api-version=2024-11-01`)), {
      timeoutMs: 90_000,
      describe: "the group is gone",
      until: ({ status }) => status === 404,
    });
    await replicas[0].restart();
  }, 150_000);

  test("are killed at random, and nothing that was acknowledged is lost", async () => {
    const { written, lost } = await countLost("killed", async () => {
      for (const round of [0, 1, 0, 1]) {
        await delay(1500);
        const victim = replicas[round === 0 ? 0 : 1];
        await victim.kill("SIGKILL");
        await delay(500);
        await victim.restart();
      }
    });
    process.stderr.write(`replicas killed 4 times: ${written} writes acknowledged, ${lost.length} lost\n`);
    expect(lost).toEqual([]);
    expect(written).toBeGreaterThan(0);
  }, 180_000);
});

describe("the database", () => {
  const healthOf = (port: number, path: string): Promise<HttpAnswer> =>
    httpCall(`https://127.0.0.1:${port}${path}`, arm.connection.caFile);

  test("is away for a while: requests are told to come back, nothing ends, and then it goes on by itself", async () => {
    const pids = replicas.map(({ pid }) => pid);
    await primary.stop("fast");
    const answer = await waitFor(() => arm.call(clusterUrl("shared")), {
      timeoutMs: 60_000,
      describe: "a read is answered with 503",
      until: ({ status }) => status === 503,
    });
    expect(answer.headers["retry-after"]).toBe("20");
    expect((await putCluster("while-away")).status).toBe(503);
    for (const port of ports) {
      expect((await healthOf(port, "/readyz")).status).toBe(503);
      expect((await healthOf(port, "/healthz")).status).toBe(200);
    }
    await delay(5000);
    await primary.start();
    expect((await persist(() => putCluster("after"))).status).toBe(201);
    for (const port of ports) {
      await waitFor(() => healthOf(port, "/readyz"), {
        timeoutMs: 60_000,
        describe: "the replica is ready again",
        until: ({ status }) => status === 200,
      });
    }
    expect(replicas.map(({ pid }) => pid)).toEqual(pids);
  });

  test("fails over to its standby, and nothing that was acknowledged is lost", async () => {
    await waitFor(() => primary.query("select sync_state from pg_stat_replication"), {
      timeoutMs: 60_000,
      describe: "the standby is synchronous",
      until: ([row]) => row?.sync_state === "sync",
    });
    const { written, lost } = await countLost("failover", async () => {
      await delay(3000);
      await primary.stop("immediate");
      await delay(500);
      await standby.promote();
      await delay(4000);
    });
    process.stderr.write(`failover: ${written} writes acknowledged, ${lost.length} lost\n`);
    expect(lost).toEqual([]);
    expect(written).toBeGreaterThan(0);
    expect((await persist(() => putCluster("on-the-new-primary"))).status).toBe(201);
  }, 180_000);
});
