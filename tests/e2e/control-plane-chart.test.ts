/** Two replicas of the control plane in a real cluster, installed with the chart, over a PostgreSQL outside of it. */
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "@arcfleet/contract";
import { addressReachableFrom } from "@arcfleet/tools/demo/reachable-address.ts";
import { ensureTools } from "@arcfleet/tools/setup/index.ts";
import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { execa } from "execa";
import { z } from "zod";
import { type ArmCaller, armCaller } from "../support/arm-caller.ts";
import { chartCluster, passPort } from "../support/chart-cluster.ts";
import type { HttpAnswer } from "../support/http-call.ts";
import type { LabCluster } from "../support/lab.ts";
import { startPostgres } from "../support/postgres.ts";
import { repositoryRoot } from "../support/source-files.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const minutes = (count: number): number => count * 60_000;
jest.setTimeout(minutes(5));

const namespace = "arcfleet-system";
const release = "arcfleet";
const nodePort = 31_443;

const undo: (() => PromiseLike<unknown>)[] = [];
let folder: TempFolder;
let cluster: LabCluster;
let before: string[];
let values: string;
let arm: ArmCaller;
let group: string;

const helm = async (...args: string[]): Promise<string> => {
  const tools = await ensureTools(["helm"], () => undefined);
  const options = ["--kubeconfig", cluster.kubeconfig, "--namespace", namespace];
  return (await execa(tools.helm, [...args, ...options], { cwd: repositoryRoot, timeout: minutes(4) })).stdout;
};
const kubectl = (...args: string[]): Promise<string> => cluster.kubectl.run("-n", namespace, ...args);
const readInPod = (path: string): Promise<string> =>
  kubectl("exec", `deployment/${release}`, "--", "/usr/local/bin/node", "-p", `fs.readFileSync("${path}", "utf8")`);

beforeAll(async () => {
  folder = await tempFolder("chart");
  cluster = await chartCluster();
  before = await cluster.kubectl.inventory();
  const postgres = await startPostgres({ isDurable: true });
  undo.unshift(() => postgres[Symbol.asyncDispose]());
  const host = await addressReachableFrom(cluster.kubeconfig);
  const passed = await passPort(host, postgres.port);
  undo.unshift(() => passed[Symbol.asyncDispose]());
  const url = new URL(await postgres.createDatabase());
  // The network between is this machine's own.
  const database = Object.assign(url, { host: `${host}:${passed.port}`, search: "?sslmode=disable" }).href;

  await cluster.kubectl.run("create", "namespace", namespace);
  await cluster.kubectl.run("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
  await kubectl("create", "secret", "generic", "database", `--from-literal=url=${database}`);
  const masterKey = randomBytes(32).toString("base64");
  await kubectl("create", "secret", "generic", "master-key", `--from-literal=master.key=${masterKey}`);
  values = join(folder.path, "values.json");
  await writeFile(
    values,
    JSON.stringify({
      publicUrl: `https://${await nodeAddress()}:${nodePort}`,
      replicas: 2,
      image: { pullPolicy: "Never" },
      database: { existingSecret: "database" },
      masterKey: { existingSecret: "master-key" },
      service: { type: "NodePort", nodePort },
      resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "512Mi" } },
    }),
  );
});

afterAll(async () => {
  if (cluster !== undefined) {
    await helm("uninstall", release, "--ignore-not-found").catch(() => {});
    await cluster.kubectl.run("delete", "namespace", namespace, "--ignore-not-found", "--wait=false").catch(() => {});
  }
  for (const step of undo) await step();
  await folder?.[Symbol.asyncDispose]();
});

const Nodes = z.object({
  items: z.array(
    z.object({ status: z.object({ addresses: z.array(z.object({ type: z.string(), address: z.string() })) }) }),
  ),
});
async function nodeAddress(): Promise<string> {
  const { items } = await cluster.kubectl.get(Nodes, "nodes");
  const address = items[0]?.status.addresses.find(({ type }) => type === "InternalIP")?.address;
  if (address === undefined) throw new Error("the node has no address");
  return address;
}

let repeated = 0;

/** What real clients do: broken connections and 503 are tried again, anything else is an answer. */
async function persist(call: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    let last: unknown;
    try {
      const answer = await call();
      if (answer.status !== 503) return answer;
      last = answer.text;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error("no answer for a minute", { cause: last });
    repeated += 1;
    await delay(200);
  }
}

const Page = z.object({ value: z.array(z.object({ name: z.string() })), nextLink: z.string().nullish() });

async function clusterNames(): Promise<Set<string>> {
  const names = new Set<string>();
  let link: string | null | undefined =
    `${group}/providers/Microsoft.Kubernetes/connectedClusters?api-version=2024-01-01`;
  while (link) {
    const at: string = link;
    const page = Page.parse((await persist(() => arm.call(at))).json);
    for (const { name } of page.value) names.add(name);
    link = page.nextLink;
  }
  return names;
}

/** Writes clusters while `disturb` does its worst, and looks for each one that was acknowledged. */
async function writeDuring(prefix: string, disturb: () => Promise<unknown>) {
  const acknowledged: string[] = [];
  const refused: string[] = [];
  let isOver = false;
  let next = 0;
  repeated = 0;
  const body = { location: "westeurope", properties: { agentPublicKeyCertificate: "" } };
  const writeOn = async (): Promise<void> => {
    while (!isOver) {
      const name = `${prefix}-${next++}`;
      const url = `${group}/providers/Microsoft.Kubernetes/connectedClusters/${name}?api-version=2024-01-01`;
      const answer = await persist(() => arm.call(url, { method: "PUT", body, timeoutMs: 15_000 }));
      if (answer.status === 201 || answer.status === 200) acknowledged.push(name);
      else refused.push(`${answer.status} ${answer.text}`);
    }
  };
  const writers = Array.from({ length: 4 }, writeOn);
  await disturb().finally(() => {
    isOver = true;
  });
  await Promise.all(writers);
  const present = await clusterNames();
  const lost = acknowledged.filter((name) => !present.has(name));
  process.stderr.write(
    `${prefix}: ${acknowledged.length} writes acknowledged, ${lost.length} lost, ${repeated} requests repeated\n`,
  );
  return { written: acknowledged.length, lost, refused };
}

describe("the chart of the control plane", () => {
  test("is ready with two replicas in a namespace where Pod Security is restricted", async () => {
    const startedAt = performance.now();
    await helm("install", release, "control-plane-chart", "--values", values, "--wait", "--timeout", "3m").catch(
      async (error: unknown) => {
        const told = await kubectl("get", "pods,events").catch(String);
        const logs = await kubectl("logs", `deployment/${release}`, "--tail=20").catch(String);
        throw new Error(`${told}\n${logs}`, { cause: error });
      },
    );
    process.stderr.write(`installed and ready after ${Math.round((performance.now() - startedAt) / 1000)} s\n`);
    const caFile = join(folder.path, "ca.pem");
    await writeFile(caFile, await readInPod("/data/ca.pem"));
    const connection = Connection.parse({ ...JSON.parse(await readInPod("/data/connection.json")), caFile });
    arm = await armCaller(connection);
    group = `/subscriptions/${connection.subscriptionId}/resourceGroups/fleet`;
    const made = await arm.call(`${group}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } });
    expect(made).toMatchObject({ status: 201 });
  });

  test("loses nothing that was acknowledged when a pod is killed", async () => {
    const { written, lost, refused } = await writeDuring("killed", async () => {
      await delay(2000);
      const selector = ["--selector", `app.kubernetes.io/instance=${release}`];
      const pod = (await kubectl("get", "pods", ...selector, "-o", "name")).split("\n")[0] ?? "";
      await kubectl("delete", pod, "--grace-period=0", "--force");
      await kubectl("rollout", "status", `deployment/${release}`, "--timeout=50s");
    });
    expect({ lost, refused }).toEqual({ lost: [], refused: [] });
    expect(written).toBeGreaterThan(20);
  });

  test("is upgraded pod by pod, without a refusal that a client sees", async () => {
    const { written, lost, refused } = await writeDuring("upgraded", () =>
      helm(
        "upgrade",
        release,
        "control-plane-chart",
        "--values",
        values,
        "--set",
        "podAnnotations.round=two",
        "--wait",
      ),
    );
    expect({ lost, refused }).toEqual({ lost: [], refused: [] });
    expect(written).toBeGreaterThan(20);
  });

  test("tells metrics on a port that the Service has not", async () => {
    const script = `fetch("http://127.0.0.1:9090/metrics").then((a) => a.text()).then(console.log)`;
    const text = await kubectl("exec", `deployment/${release}`, "--", "/usr/local/bin/node", "-e", script);
    expect(text).toContain("arcfleet_database_connections");
    expect((await arm.call("/metrics", { headers: { authorization: "" } })).status).toBe(401);
  });

  test("leaves nothing when it is removed", async () => {
    await helm("uninstall", release, "--wait");
    await cluster.kubectl.run("delete", "namespace", namespace, "--timeout=55s");
    expect(await cluster.kubectl.inventory()).toEqual(before);
  });
});
