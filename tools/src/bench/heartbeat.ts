import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dataPlanePath, type Heartbeat } from "@arcfleet/contract";
import { armCaller } from "@arcfleet/tests/support/arm-caller.ts";
import { onboardingKey } from "@arcfleet/tests/support/onboarding-key.ts";
import { simulatedAgent } from "@arcfleet/tests/support/simulated-agent.ts";
import { type BenchControlPlane, startBenchControlPlane } from "./bench-control-plane.ts";
import { type KubePeer, startKubePeer } from "./load/kube-peer.ts";
import { type LoadRequest, type LoadTarget, load } from "./load/load.ts";
import { requestOnce } from "./load/request-once.ts";
import { type Metric, median, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const rounds = 3;
const secondsPerRound = 6;
const onboardedAtOnce = 8;

/** A side under load: what one beat of a cluster is, and how many connections beat. */
interface Side {
  readonly name: "ours" | "peer";
  readonly target: LoadTarget;
  beat(number: number): LoadRequest;
}

/**
 * Signs of life: heartbeats of simulated clusters, each onboarded with its own key and certificate and beating with its own token over its
 * own connection, against renewals of as many Leases on kube-apiserver and etcd, which is how nodes of Kubernetes tell that they live.
 */
export async function benchHeartbeat({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  try {
    await using controlPlane = await startBenchControlPlane(folder, { args: ["--log-level", "warn"] });
    await using peer = await startKubePeer(join(folder, "peer"), log, signal);
    const sides = [await ourSide(controlPlane, count, log, signal), await peerSide(peer, count)];
    const results = { ours: [] as number[], peer: [] as number[] };
    const p99 = { ours: [] as number[], peer: [] as number[] };
    for (let round = 0; round < rounds; round++) {
      for (const { name, target, beat } of sides) {
        let number = 0;
        const result = await load(target, () => beat(number++ % count), {
          connections: count,
          limit: { seconds: secondsPerRound },
          signal,
        });
        results[name].push(result.perCpuSecond);
        p99[name].push(result.p99);
        log(
          `${name}: ${Math.round(result.perCpuSecond)} per CPU-second, ${result.requests} in ${secondsPerRound} s, p99 ${result.p99} ms`,
        );
      }
    }
    return [
      metric({
        bench: "heartbeat",
        metric: "per-cpu-second",
        ours: median(results.ours),
        peer: median(results.peer),
        unit: "heartbeats per CPU-second",
      }),
      metric({ bench: "heartbeat", metric: "p99", ours: median(p99.ours), peer: median(p99.peer), unit: "ms" }),
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

async function ourSide(
  { connection, pid }: BenchControlPlane,
  count: number,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<Side> {
  const arm = await armCaller(connection);
  const group = `/subscriptions/${connection.subscriptionId}/resourceGroups/bench`;
  await arm.call(`${group}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } });
  const beats = new Array<LoadRequest>(count);
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
      beats[number] = {
        method: "POST",
        path: dataPlanePath(id, "heartbeat"),
        headers: { ...json, authorization: `Bearer ${token}` },
        body: JSON.stringify(heartbeat),
      };
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
  return { name: "ours", target, beat: (number) => beatOf(beats, number) };
}

function beatOf(beats: readonly LoadRequest[], number: number): LoadRequest {
  const beat = beats[number];
  if (beat === undefined) throw new Error(`cluster ${number} was not onboarded`);
  return beat;
}

const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

async function peerSide(target: KubePeer, count: number): Promise<Side> {
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
  return {
    name: "peer",
    target,
    beat: (number) => ({
      method: "PATCH",
      path: `${leases}/cluster-${number}`,
      headers: { "content-type": "application/merge-patch+json" },
      body: JSON.stringify({ spec: { renewTime: microTime() } }),
    }),
  };
}

/** Kubernetes wants six digits after the second. */
const microTime = (): string => new Date().toISOString().replace("Z", "000Z");
