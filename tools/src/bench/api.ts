import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { type BenchControlPlane, startBenchControlPlane } from "./bench-control-plane.ts";
import { clusterNameOf } from "./load/copies.ts";
import { copyClusters } from "./load/copy-clusters.ts";
import { copyCustomResources } from "./load/copy-custom-resources.ts";
import { startKubePeer } from "./load/kube-peer.ts";
import { type LoadRequest, type LoadResult, type LoadTarget, load } from "./load/load.ts";
import { ourTarget } from "./load/our-target.ts";
import { requestOnce } from "./load/request-once.ts";
import { sampleCluster } from "./load/sample-cluster.ts";
import { type Metric, median, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const connections = 8;
const rounds = 3;
/** Numbers instead of seconds: on a busy machine a round takes longer, and its figure is made of as much as on an idle one. */
const getsPerRound = 4000;
const listsPerRound = 400;
const smallFleet = 1000;
/** So many are written, and measured, at a time. */
const slice = 3000;
const pageSize = 100;
/** How many pages from the beginning on are asked for in turn. */
const pages = 10;
const apiVersion = "api-version=2024-01-01";
const group = "bench";
/** What is between the small and the large fleet is copied of so many. */
const originals = 20;

/** One side: how it writes, reads and lists clusters. */
interface Side {
  readonly name: "ours" | "peer";
  readonly target: LoadTarget;
  create(number: number): LoadRequest;
  get(number: number): LoadRequest;
  /** The paths of the first pages of a list. */
  pagePaths(): Promise<string[]>;
}

type Verb = "put" | "get" | "list";
type Results = Record<Verb, LoadResult[]>;
type Both = Record<Side["name"], Results>;

/**
 * The work of the API on clusters, and the same work done as custom resources on kube-apiserver and etcd: creating, reading, and a page of
 * 100, in a fleet of 1,000 and in one of `count`. Sides take turns; what is compared is requests per second of processor time of all server
 * processes, so that it matters little what else the machine does.
 *
 * Most of the large fleet is not written through the API, which would take an hour: both sides get copies of what was, in their databases.
 */
export async function benchApi({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  const large: Both = { ours: noResults(), peer: noResults() };
  const small: Both = { ours: noResults(), peer: noResults() };
  const begin = Math.min(smallFleet, count);
  const firstSlice = Math.min(count, begin + slice);
  const lastSlices = Math.max(firstSlice, count - 2 * slice);
  try {
    await using peer = await startKubePeer(join(folder, "peer"), log, signal);
    const theirs = peerSide(peer);
    {
      await using controlPlane = await startBenchControlPlane(folder, { args: serveArgs });
      const sides = [await ourSide(controlPlane), theirs] as const;
      for (const side of sides) await prepare(side);
      const run = measureWith(log, signal);
      // The first ones warm both sides up.
      await createSlices(run, sides, { from: 0, to: begin }, { ours: noResults(), peer: noResults() });
      await readFleet(run, sides, begin, small);
      await createSlices(run, sides, { from: begin, to: firstSlice }, small);
    }
    const copies = {
      originals: Array.from({ length: originals }, (_, at) => clusterNameOf(at)),
      nameOf: clusterNameOf,
      log,
      signal,
    };
    const between = { from: firstSlice, to: lastSlices };
    log(`clusters ${between.from} to ${between.to} are copied into both databases`);
    copyClusters({ file: join(folder, "data", "control-plane.sqlite"), ...between, ...copies });
    await copyCustomResources({ etcdUrl: peer.etcdUrl, folder: peerFolder, ...between, ...copies });

    await using controlPlane = await startBenchControlPlane(folder, { args: serveArgs });
    const sides = [await ourSide(controlPlane), theirs] as const;
    const run = measureWith(log, signal);
    // A process that has just started has its code to compile; where it runs already, that is long done.
    await readFleet(run, sides, lastSlices, { ours: noResults(), peer: noResults() });
    await createSlices(run, sides, { from: lastSlices, to: count }, large);
    await readFleet(run, sides, count, large);
    return metricsOf(large, small);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const serveArgs = ["--log-level", "warn"];

type Run = (side: Side, verb: Verb, next: () => LoadRequest, into: Both, amount: number) => Promise<void>;

const measureWith =
  (log: BenchOptions["log"], signal: AbortSignal): Run =>
  async (side, verb, next, into, amount) => {
    const result = await load(side.target, next, { connections, signal, limit: { amount } });
    into[side.name][verb].push(result);
    log(
      `${side.name}: ${verb}: ${Math.round(result.perCpuSecond)} per CPU-second, p50 ${result.p50} ms, p99 ${result.p99} ms`,
    );
  };

type Sides = readonly [Side, Side];

/** In slices, so that both sides meet the same machine. */
async function createSlices(
  run: Run,
  sides: Sides,
  { from, to }: { readonly from: number; readonly to: number },
  into: Both,
): Promise<void> {
  for (let start = from; start < to; start += slice) {
    const amount = Math.min(slice, to - start);
    for (const side of sides) {
      let number = start;
      await run(side, "put", () => side.create(number++), into, amount);
    }
  }
}

async function readFleet(run: Run, sides: Sides, size: number, into: Both): Promise<void> {
  const paths = new Map<Side, string[]>();
  for (const side of sides) paths.set(side, await side.pagePaths());
  for (let round = 0; round < rounds; round++) {
    for (const side of sides) {
      await run(side, "get", () => side.get(Math.floor(Math.random() * size)), into, getsPerRound);
      await run(side, "list", inTurn(paths.get(side) ?? []), into, listsPerRound);
    }
  }
}

const noResults = (): Results => ({ put: [], get: [], list: [] });

function metricsOf(large: Both, small: Both): Metric[] {
  const figure = (results: readonly LoadResult[], of: keyof LoadResult): number =>
    median(results.map((result) => result[of]));
  const compare = (name: string, verb: Verb, of: keyof LoadResult, unit: string): Metric[] => {
    const [ours, peer] = [large.ours[verb], large.peer[verb]];
    if (ours.length === 0) return [];
    return [metric({ bench: "api", metric: name, ours: figure(ours, of), peer: figure(peer, of), unit })];
  };
  const growth = (verb: Verb): Metric[] => {
    const times = (side: Side["name"]): number =>
      figure(small[side][verb], "perCpuSecond") / figure(large[side][verb], "perCpuSecond");
    if (small.ours[verb].length === 0 || large.ours[verb].length === 0) return [];
    return [
      metric({ bench: "api", metric: `${verb}-growth`, ours: times("ours"), peer: times("peer"), unit: "times" }),
    ];
  };
  const verbs = ["put", "get", "list"] as const;
  return [
    ...verbs.flatMap((verb) => compare(verb, verb, "perCpuSecond", "requests per CPU-second")),
    ...verbs.flatMap((verb) => compare(`${verb}-p50`, verb, "p50", "ms")),
    ...verbs.flatMap((verb) => compare(`${verb}-p99`, verb, "p99", "ms")),
    ...verbs.flatMap(growth),
  ];
}

/** A request that is there once, before the load; its failure is told in full. */
async function prepare(side: Side): Promise<void> {
  const calls = side.name === "peer" ? [definition()] : [resourceGroup(side)];
  for (const call of calls) {
    const answer = await requestOnce(side.target, call);
    if (answer.status > 201) throw new Error(`${side.name}: ${call.path} answered ${answer.status}: ${answer.text}`);
  }
  if (side.name === "ours") return;
  // The new kind is served a moment later.
  for (let attempt = 0; ; attempt++) {
    const answer = await requestOnce(side.target, { method: "GET", path: peerPath });
    if (answer.status === 200) return;
    if (attempt === 100) throw new Error(`the peer does not serve its custom resource: ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const inTurn = (paths: readonly string[]): (() => LoadRequest) => {
  let turn = 0;
  return () => ({ method: "GET", path: paths[turn++ % paths.length] ?? "/" });
};

const json = { "content-type": "application/json" };
const OurPage = z.object({ nextLink: z.string().nullish() });

async function ourSide(controlPlane: BenchControlPlane): Promise<Side> {
  const target = await ourTarget(controlPlane);
  const { subscriptionId } = controlPlane.connection;
  const inGroup = `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.Kubernetes/connectedClusters`;
  const path = (number: number): string => `${inGroup}/${clusterNameOf(number)}?${apiVersion}`;
  return {
    name: "ours",
    target,
    create: (number) => ({
      method: "PUT",
      path: path(number),
      headers: json,
      body: JSON.stringify(sampleCluster(number)),
    }),
    get: (number) => ({ method: "GET", path: path(number) }),
    pagePaths: () =>
      walk(target, `${inGroup}?${apiVersion}&$top=${pageSize}`, (text) => {
        const { nextLink } = OurPage.parse(JSON.parse(text));
        return nextLink ? nextLink.slice(target.endpoint.length) : undefined;
      }),
  };
}

const resourceGroup = ({ target, get }: Side): LoadRequest => {
  const [path = ""] = get(0).path.split("/providers/");
  return {
    method: "PUT",
    path: `${path}?api-version=2024-11-01`,
    headers: { ...target.headers, ...json },
    body: '{"location":"westeurope"}',
  };
};

const peerGroup = "bench.arcfleet.dev";
const peerFolder = `/registry/${peerGroup}/connectedclusters`;
const peerPath = `/apis/${peerGroup}/v1/connectedclusters`;
const PeerPage = z.object({ metadata: z.object({ continue: z.string().nullish() }) });

function peerSide(target: LoadTarget): Side {
  return {
    name: "peer",
    target,
    create: (number) => ({
      method: "POST",
      path: peerPath,
      headers: json,
      body: JSON.stringify({
        apiVersion: `${peerGroup}/v1`,
        kind: "ConnectedCluster",
        metadata: { name: clusterNameOf(number) },
        spec: sampleCluster(number),
      }),
    }),
    get: (number) => ({ method: "GET", path: `${peerPath}/${clusterNameOf(number)}` }),
    pagePaths: () =>
      walk(target, `${peerPath}?limit=${pageSize}`, (text) => {
        const next = PeerPage.parse(JSON.parse(text)).metadata.continue;
        return next ? `${peerPath}?limit=${pageSize}&continue=${encodeURIComponent(next)}` : undefined;
      }),
  };
}

/** The custom resource, without a schema that would have to be checked: the peer's cheapest form. */
const definition = (): LoadRequest => ({
  method: "POST",
  path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
  headers: json,
  body: JSON.stringify({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `connectedclusters.${peerGroup}` },
    spec: {
      group: peerGroup,
      scope: "Cluster",
      names: { plural: "connectedclusters", singular: "connectedcluster", kind: "ConnectedCluster" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  }),
});

async function walk(target: LoadTarget, first: string, next: (text: string) => string | undefined): Promise<string[]> {
  const paths: string[] = [];
  for (let path: string | undefined = first; path !== undefined && paths.length < pages; ) {
    paths.push(path);
    const answer = await requestOnce(target, { method: "GET", path });
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text.slice(0, 500)}`);
    path = next(answer.text);
  }
  return paths;
}
