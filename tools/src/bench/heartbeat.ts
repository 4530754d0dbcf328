import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPlanePath, type Heartbeat, HeartbeatAnswer } from "@arcfleet/contract";
import { armCaller } from "@arcfleet/tests/support/arm-caller.ts";
import { onboardingKey } from "@arcfleet/tests/support/onboarding-key.ts";
import { simulatedAgent } from "@arcfleet/tests/support/simulated-agent.ts";
import { type BenchControlPlane, startBenchControlPlane } from "./bench-control-plane.ts";
import { type KubePeer, startKubePeer } from "./load/kube-peer.ts";
import { type LoadRequest, type LoadResult, type LoadTarget, load } from "./load/load.ts";
import { loadStreams } from "./load/load-streams.ts";
import { requestOnce } from "./load/request-once.ts";
import { type Metric, median, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const rounds = 3;
const secondsPerRound = 6;
const onboardedAtOnce = 8;

/** What is under load in a round, `seconds` long; all clusters at once. */
interface Side {
  readonly name: "ours" | "post" | "peer";
  load(seconds: number): Promise<LoadResult>;
}

/**
 * Signs of life: heartbeats of simulated clusters, each onboarded with its own key and certificate and beating on its own stream, and once
 * more with a request for each, against renewals of as many Leases on kube-apiserver and etcd, which is how nodes of Kubernetes tell that they
 * live. Each cluster waits for the answer before it beats again.
 */
export async function benchHeartbeat({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  try {
    await using controlPlane = await startBenchControlPlane(folder, { args: ["--log-level", "warn"] });
    await using peer = await startKubePeer(join(folder, "peer"), log, signal);
    const sides = [...(await ourSides(controlPlane, { count, log, signal })), await peerSide(peer, { count, signal })];
    const results = new Map(sides.map(({ name }): [Side["name"], LoadResult[]] => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const side of sides) {
        const result = await side.load(secondsPerRound);
        results.get(side.name)?.push(result);
        log(
          `${side.name}: ${Math.round(result.perCpuSecond)} per CPU-second, ${result.requests} in ${secondsPerRound} s, p99 ${result.p99} ms`,
        );
      }
    }
    const middle = (name: Side["name"], figure: "perCpuSecond" | "p99"): number =>
      median((results.get(name) ?? []).map((result) => result[figure]));
    const compare = (name: string, ours: "ours" | "post", figure: "perCpuSecond" | "p99", unit: string): Metric =>
      metric({ bench: "heartbeat", metric: name, ours: middle(ours, figure), peer: middle("peer", figure), unit });
    return [
      compare("per-cpu-second", "ours", "perCpuSecond", "heartbeats per CPU-second"),
      compare("p99", "ours", "p99", "ms"),
      compare("post-per-cpu-second", "post", "perCpuSecond", "heartbeats per CPU-second"),
      compare("post-p99", "post", "p99", "ms"),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const json = { "content-type": "application/json" };

/** What agents send, at its usual size. */
const heartbeat: Heartbeat = {
  agentVersion: "1.40.0",
  kubernetesVersion: "1.34.2",
  totalNodeCount: 3,
  totalCoreCount: 12,
  distribution: "k3s",
  infrastructure: "generic",
};

async function ourSides({ connection, pid }: BenchControlPlane, { count, log, signal }: BenchOptions): Promise<Side[]> {
  const arm = await armCaller(connection);
  const group = `/subscriptions/${connection.subscriptionId}/resourceGroups/bench`;
  await arm.call(`${group}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } });
  const clusters = new Array<{ readonly id: string; readonly headers: Record<string, string> }>(count);
  let next = 0;
  const onboard = async (): Promise<void> => {
    for (let number = next++; number < count; number = next++) {
      signal.throwIfAborted();
      const id = `${group}/providers/Microsoft.Kubernetes/connectedClusters/cluster-${number}`;
      const key = onboardingKey();
      const answer = await arm.call(`${id}?api-version=2024-01-01`, {
        method: "PUT",
        body: { location: "westeurope", properties: { agentPublicKeyCertificate: key.publicKeyBase64 } },
      });
      if (answer.status !== 201) throw new Error(`PUT of ${id} answered ${answer.status}: ${answer.text}`);
      const { token } = await simulatedAgent(connection, id, key);
      clusters[number] = { id, headers: { authorization: `Bearer ${token}` } };
      if ((number + 1) % 100 === 0) log(`ours: ${number + 1} of ${count} clusters onboarded`);
    }
  };
  await Promise.all(Array.from({ length: onboardedAtOnce }, onboard));
  const target = {
    endpoint: connection.endpoint,
    ca: await readFile(connection.caFile, "utf8"),
    headers: {},
    pids: [pid],
  };
  const body = JSON.stringify(heartbeat);
  const posts = clusters.map(({ id, headers }): LoadRequest => {
    return { method: "POST", path: dataPlanePath(id, "heartbeat"), headers: { ...json, ...headers }, body };
  });
  const streams = clusters.map(({ id, headers }) => ({ path: dataPlanePath(id, "heartbeat-stream"), headers }));
  const isGood = (answer: string): boolean => HeartbeatAnswer.safeParse(JSON.parse(answer)).success;
  return [
    { name: "ours", load: (seconds) => loadStreams(target, streams, { message: body, seconds, isGood, signal }) },
    { name: "post", load: (seconds) => loadInTurn(target, posts, { seconds, signal }) },
  ];
}

/** As many connections as there are requests, all of them at once. */
function loadInTurn(
  target: LoadTarget,
  requests: readonly LoadRequest[],
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<LoadResult> {
  let number = 0;
  const next = (): LoadRequest => {
    const request = requests[number++ % requests.length];
    if (request === undefined) throw new Error("there is nobody to send a heartbeat");
    return request;
  };
  return load(target, next, { connections: requests.length, limit: { seconds }, signal });
}

const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

async function peerSide(target: KubePeer, { count, signal }: Pick<BenchOptions, "count" | "signal">): Promise<Side> {
  for (let number = 0; number < count; number++) {
    const answer = await requestOnce(target, {
      method: "POST",
      path: leases,
      headers: json,
      body: JSON.stringify({
        apiVersion: "coordination.k8s.io/v1",
        kind: "Lease",
        metadata: { name: `cluster-${number}` },
        spec: { holderIdentity: `cluster-${number}`, leaseDurationSeconds: 40, renewTime: microTime() },
      }),
    });
    if (answer.status !== 201) throw new Error(`the peer made no Lease: ${answer.text}`);
  }
  let number = 0;
  const renew = (): LoadRequest => ({
    method: "PATCH",
    path: `${leases}/cluster-${number++ % count}`,
    headers: { "content-type": "application/merge-patch+json" },
    body: JSON.stringify({ spec: { renewTime: microTime() } }),
  });
  return {
    name: "peer",
    load: (seconds) => load(target, renew, { connections: count, limit: { seconds }, signal }),
  };
}

/** Kubernetes wants six digits after the second. */
const microTime = (): string => new Date().toISOString().replace("Z", "000Z");
