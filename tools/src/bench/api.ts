import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { startBenchControlPlane } from "./bench-control-plane.ts";
import { startKubePeer } from "./load/kube-peer.ts";
import { type LoadRequest, type LoadResult, type LoadTarget, load } from "./load/load.ts";
import { ourTarget } from "./load/our-target.ts";
import { requestOnce } from "./load/request-once.ts";
import { sampleCluster } from "./load/sample-cluster.ts";
import { type Metric, median, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const connections = 8;
const rounds = 3;
const secondsPerRound = 4;
const smallFleet = 1000;
const pageSize = 100;
/** How many pages from the beginning on are asked for in turn. */
const pages = 10;
const apiVersion = "api-version=2024-01-01";

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

/**
 * The work of the API on clusters, and the same work done as custom resources on kube-apiserver and etcd: creating, reading, and a page of
 * 100 in a fleet of 1,000 and in one of `count`. Sides take turns; what is compared is requests per second of processor time of all server
 * processes, so that it matters little what else the machine does.
 */
export async function benchApi({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  try {
    await using controlPlane = await startBenchControlPlane(folder, { args: ["--log-level", "warn"] });
    await using peer = await startKubePeer(join(folder, "peer"), log, signal);
    const sides = [
      ourSide(await ourTarget(controlPlane), controlPlane.connection.subscriptionId),
      peerSide(peer),
    ] as const;
    for (const side of sides) await prepare(side);

    const results = { ours: noResults(), peer: noResults() };
    const small = { ours: noResults(), peer: noResults() };
    const fleet = Math.min(smallFleet, count);
    const run = async (side: Side, verb: Verb, next: () => LoadRequest, into: Results, amount?: number) => {
      const limit = amount === undefined ? { seconds: secondsPerRound } : { amount };
      const result = await load(side.target, next, { connections, signal, limit });
      into[verb].push(result);
      log(
        `${side.name}: ${verb}: ${Math.round(result.perCpuSecond)} per CPU-second, p50 ${result.p50} ms, p99 ${result.p99} ms`,
      );
    };
    const createUpTo = async (from: number, to: number, into: Results): Promise<void> => {
      if (to <= from) return;
      for (const side of sides) {
        let number = from;
        await run(side, "put", () => side.create(number++), into, to - from);
      }
    };
    const read = async (size: number, into: Record<Side["name"], Results>): Promise<void> => {
      const paths = new Map<Side, string[]>();
      for (const side of sides) paths.set(side, await side.pagePaths());
      for (let round = 0; round < rounds; round++) {
        for (const side of sides) {
          await run(side, "get", () => side.get(Math.floor(Math.random() * size)), into[side.name]);
          await run(side, "list", inTurn(paths.get(side) ?? []), into[side.name]);
        }
      }
    };

    // The first ones warm both sides up.
    await createUpTo(0, fleet, noResults());
    await read(fleet, small);
    // In slices, so that both sides meet the same machine.
    const slice = Math.max(1, Math.ceil((count - fleet) / rounds));
    for (let from = fleet; from < count; from += slice) {
      const to = Math.min(count, from + slice);
      for (const side of sides) {
        let number = from;
        await run(side, "put", () => side.create(number++), results[side.name], to - from);
      }
    }
    await read(count, results);
    return metricsOf(results, small);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const noResults = (): Results => ({ put: [], get: [], list: [] });

function metricsOf(large: Record<Side["name"], Results>, small: Record<Side["name"], Results>): Metric[] {
  const figure = (results: LoadResult[], of: keyof LoadResult): number => median(results.map((result) => result[of]));
  const compare = (name: string, verb: Verb, of: keyof LoadResult, unit: string): Metric[] =>
    large.ours[verb].length === 0
      ? []
      : [
          metric({
            bench: "api",
            metric: name,
            ours: figure(large.ours[verb], of),
            peer: figure(large.peer[verb], of),
            unit,
          }),
        ];
  const growth = (side: Side["name"]): number =>
    figure(small[side].list, "perCpuSecond") / figure(large[side].list, "perCpuSecond");
  const verbs = ["put", "get", "list"] as const;
  return [
    ...verbs.flatMap((verb) => compare(verb, verb, "perCpuSecond", "requests per CPU-second")),
    ...verbs.flatMap((verb) => compare(`${verb}-p50`, verb, "p50", "ms")),
    ...verbs.flatMap((verb) => compare(`${verb}-p99`, verb, "p99", "ms")),
    metric({ bench: "api", metric: "list-growth", ours: growth("ours"), peer: growth("peer"), unit: "times" }),
  ];
}

/** A request that is there once, before the load; its failure is told in full. */
async function prepare(side: Side): Promise<void> {
  const calls = side.name === "peer" ? [definition()] : [group(side)];
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
const nameOf = (number: number): string => `cluster-${String(number).padStart(7, "0")}`;

const OurPage = z.object({ nextLink: z.string().nullish() });

function ourSide(target: LoadTarget, subscriptionId: string): Side {
  const inGroup = `/subscriptions/${subscriptionId}/resourceGroups/bench/providers/Microsoft.Kubernetes/connectedClusters`;
  const path = (number: number): string => `${inGroup}/${nameOf(number)}?${apiVersion}`;
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

const group = ({ target, get }: Side): LoadRequest => {
  const [path = ""] = get(0).path.split("/providers/");
  return {
    method: "PUT",
    path: `${path}?api-version=2024-11-01`,
    headers: { ...target.headers, ...json },
    body: '{"location":"westeurope"}',
  };
};

const peerGroup = "bench.arcfleet.dev";
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
        metadata: { name: nameOf(number) },
        spec: sampleCluster(number),
      }),
    }),
    get: (number) => ({ method: "GET", path: `${peerPath}/${nameOf(number)}` }),
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
