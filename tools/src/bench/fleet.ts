import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { type BenchControlPlane, startBenchControlPlane } from "./bench-control-plane.ts";
import { clusterNameOf } from "./load/copies.ts";
import { cpuSeconds } from "./load/cpu-time.ts";
import { fleetGroup, makeLargeFleet } from "./load/large-fleet.ts";
import type { LoadRequest, LoadTarget } from "./load/load.ts";
import { ourTarget } from "./load/our-target.ts";
import { requestOnce } from "./load/request-once.ts";
import { type Metric, median, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const secondsPerQuestion = 2;
const leastTimes = 3;
const mostTimes = 100;
/** In which a caller has its budget of queries, which is more than {@link mostTimes}. */
const budgetMs = 5000;
const pingEveryMs = 20;

/**
 * Questions to a control plane with a large fleet: what each costs of processor time, how long it takes, and how long others wait
 * meanwhile. Run it with two sizes to see what grows.
 */
export async function benchFleet({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  try {
    await makeLargeFleet({ folder, count, log, signal });
    const startedAt = performance.now();
    await using controlPlane = await startBenchControlPlane(folder, {
      args: ["--log-level", "warn", "--throttling", "off"],
    });
    const figures = [figure("start", performance.now() - startedAt, "ms")];
    await delay(2000, undefined, { signal });
    figures.push(figure("idle-memory", await residentMb(controlPlane.pid), "MB"));
    const fleet = await openFleet(controlPlane, count);
    for (const [name, question] of Object.entries(await questionsOf(fleet))) {
      signal.throwIfAborted();
      const { cpuMs, p50, othersMs } = await ask(fleet, question);
      log(
        `${name}: ${cpuMs.toFixed(1)} ms of processor time, p50 ${p50.toFixed(1)} ms, others up to ${othersMs.toFixed(0)} ms`,
      );
      figures.push(
        figure(`${name}-cpu`, cpuMs, "ms of processor time"),
        figure(`${name}-p50`, p50, "ms"),
        figure(`${name}-others`, othersMs, "ms, longest answer to another caller meanwhile"),
      );
    }
    figures.push(figure("memory-afterwards", await residentMb(controlPlane.pid), "MB"));
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const figure = (name: string, ours: number, unit: string): Metric =>
  metric({ bench: "fleet", metric: name, ours, peer: null, unit });

interface Fleet {
  readonly target: LoadTarget;
  readonly pid: number;
  readonly subscription: string;
  readonly middle: number;
  send(call: LoadRequest): Promise<{ readonly text: string; readonly ms: number }>;
}

async function openFleet(controlPlane: BenchControlPlane, count: number): Promise<Fleet> {
  const target = await ourTarget(controlPlane);
  const agent = new Agent({ keepAlive: true, ca: target.ca });
  return {
    target,
    pid: controlPlane.pid,
    subscription: `/subscriptions/${controlPlane.connection.subscriptionId}`,
    middle: Math.floor(count / 2),
    async send(call) {
      const startedAt = performance.now();
      const { status, text } = await requestOnce(target, call, agent);
      if (status !== 200) throw new Error(`${call.path} answered ${status}: ${text.slice(0, 500)}`);
      return { text, ms: performance.now() - startedAt };
    },
  };
}

const clusterId = ({ subscription }: Fleet, number: number): string =>
  `${subscription}/resourceGroups/${fleetGroup}/providers/Microsoft.Kubernetes/connectedClusters/${clusterNameOf(number)}`;

const read = (fleet: Fleet, path: string): LoadRequest => ({ method: "GET", path: `${fleet.subscription}${path}` });

async function questionsOf(fleet: Fleet): Promise<Record<string, LoadRequest>> {
  const { middle, subscription } = fleet;
  const clusters = "providers/Microsoft.Kubernetes/connectedClusters?api-version=2024-01-01";
  const generic = "/resources?api-version=2024-11-01&$filter=";
  const after = Buffer.from(clusterId(fleet, middle).toLowerCase()).toString("base64url");
  const ofTeam = "tagName eq 'owner' and tagValue eq 'team-3'";
  const isCluster = "type =~ 'microsoft.kubernetes/connectedclusters'";
  const properties = `resources | where ${isCluster} | project id, name, location, properties.kubernetesVersion, properties.totalNodeCount`;
  const Page = z.object({ $skipToken: z.string() });
  const { $skipToken } = Page.parse(JSON.parse((await fleet.send(graph(properties))).text));
  return {
    get: { method: "GET", path: `${clusterId(fleet, middle)}?api-version=2024-01-01` },
    list: read(fleet, `/resourceGroups/${fleetGroup}/${clusters}`),
    "list-middle": read(fleet, `/${clusters}&$skipToken=${after}`),
    "resources-all": read(fleet, generic),
    "resources-by-tag": read(fleet, `${generic}${encodeURIComponent(ofTeam)}`),
    "resources-by-tag-name": read(fleet, `${generic}${encodeURIComponent("tagName eq 'owner'")}`),
    "resources-by-name": read(fleet, `${generic}${encodeURIComponent(`name eq '${clusterNameOf(middle)}'`)}`),
    "resources-name-contains": read(
      fleet,
      `${generic}${encodeURIComponent(`substringof('${clusterNameOf(middle).slice(-6)}', name)`)}`,
    ),
    tags: {
      method: "GET",
      path: `${clusterId(fleet, middle)}/providers/Microsoft.Resources/tags/default?api-version=2024-11-01`,
    },
    "activity-log": read(fleet, "/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01"),
    metrics: { method: "GET", path: "/metrics" },
    "graph-by-id": graph(`resources | where id =~ '${clusterId(fleet, middle)}'`),
    "graph-by-name": graph(`resources | where name =~ '${clusterNameOf(middle)}'`),
    "graph-by-tag": graph(`resources | where tags.owner == 'team-3' | project name, tags`),
    "graph-count": graph("resources | count"),
    "graph-properties": graph(properties),
    "graph-second-page": graph(properties, $skipToken),
    "graph-summarize": graph(
      `resources | where ${isCluster} | summarize count() by version = tostring(properties.kubernetesVersion), env = tostring(tags.env)`,
    ),
    "graph-top": graph(
      `resources | where ${isCluster} | project name, v = tostring(properties.kubernetesVersion) | top 100 by v desc`,
    ),
    "graph-order": graph(
      `resources | where ${isCluster} | project name, v = tostring(properties.kubernetesVersion) | order by v desc`,
    ),
    "graph-join": graph(`resources | where ${isCluster} | extend clusterId = tolower(id) | project clusterId, name
      | join kind=leftouter (
          kubernetesconfigurationresources | where type =~ 'microsoft.kubernetesconfiguration/extensions'
          | parse tolower(id) with clusterId '/providers/microsoft.kubernetesconfiguration/extensions' * | project clusterId
        ) on clusterId
      | where clusterId1 == '' | project name`),
  };

  function graph(query: string, $skipToken?: string): LoadRequest {
    const options = { $top: 100, ...($skipToken === undefined ? {} : { $skipToken }) };
    return {
      method: "POST",
      path: "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ subscriptions: [subscription.slice("/subscriptions/".length)], query, options }),
    };
  }
}

interface Answered {
  readonly cpuMs: number;
  readonly p50: number;
  readonly othersMs: number;
}

/** The same question again and again, by one caller. The first time is not counted. */
async function ask(fleet: Fleet, question: LoadRequest): Promise<Answered> {
  if (question.method === "POST") await delay(budgetMs);
  await fleet.send(question);
  const ms: number[] = [];
  const before = await cpuSeconds([fleet.pid]);
  const endsAt = performance.now() + 1000 * secondsPerQuestion;
  while (ms.length < leastTimes || (ms.length < mostTimes && performance.now() < endsAt)) {
    ms.push((await fleet.send(question)).ms);
  }
  const cpuMs = (1000 * ((await cpuSeconds([fleet.pid])) - before)) / ms.length;
  return { cpuMs, p50: median(ms), othersMs: await othersDuring(fleet, () => fleet.send(question)) };
}

/** Once more, while somebody else reads one cluster again and again. */
async function othersDuring(fleet: Fleet, work: () => Promise<unknown>): Promise<number> {
  const ping: LoadRequest = { method: "GET", path: `${clusterId(fleet, 0)}?api-version=2024-01-01` };
  let longest = 0;
  let isOver = false;
  const working = work().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    longest = Math.max(longest, (await fleet.send(ping)).ms);
    await delay(pingEveryMs);
  }
  await working;
  return longest;
}

const residentMb = async (pid: number): Promise<number> => {
  const [, kilobytes = "NaN"] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
};
