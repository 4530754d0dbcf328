import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentNames } from "@arcfleet/contract";
import { z } from "zod";
import { checkoutLab } from "../checkout-lab.ts";
import { agentsImage } from "../image/agents-image.ts";
import { labDown, labUp, loadImage } from "../lab/index.ts";
import { type EngineEvent, toStep } from "../pulumi/engine-event.ts";
import { openWorkspace, type Workspace } from "../pulumi/workspace.ts";
import { ensureTools } from "../setup/index.ts";
import { repositoryRoot } from "../setup/repository.ts";
import { startBenchControlPlane } from "./bench-control-plane.ts";
import { type ClusterCommands, clusterCommands } from "./cluster-commands.ts";
import { type Metric, median, metric } from "./metric.ts";
import type { BenchOptions } from "./options.ts";

const labName = checkoutLab("bench");

/**
 * What attaching costs beyond installing: from the begin of the resource's creation until the cluster is `Connected`, beside a plain
 * `helm upgrade --install --wait` of the same chart with the same values onto the same cluster. The peer gets the namespace, the
 * key and the record for nothing; the two sides take turns.
 */
export async function benchAttach({ count, log, signal }: BenchOptions): Promise<Metric[]> {
  const { pulumi, helm, kubectl } = await ensureTools(["pulumi", "helm", "kubectl"], log);
  const folder = await mkdtemp(join(tmpdir(), "arcfleet-bench-"));
  try {
    const [cluster] = await labUp({ name: labName, count: 1, log, signal });
    if (cluster === undefined) throw new Error("the lab has no cluster");
    await loadImage(cluster, await agentsImage(log));
    await using controlPlane = await startBenchControlPlane(folder, { host: cluster.bridgeAddress });
    const workspace = await openWorkspace({
      projectFolder: join(repositoryRoot, "tools", "bench", "attach"),
      stateFolder: join(folder, "pulumi"),
      stack: "bench",
      passphrase: "bench",
      pulumiFolder: pulumi,
      env: { ARCFLEET_CONNECTION: controlPlane.connectionFile, ARCFLEET_HELM: helm },
    });
    await workspace.setConfig("kubeconfig", cluster.kubeconfig);
    const commands = clusterCommands({ helm, kubectl, kubeconfig: cluster.kubeconfig });

    const ours: number[] = [];
    const peer: number[] = [];
    // The first round only warms the caches of both sides: images unpacked, programs read from disk.
    for (let round = 0; round <= count; round++) {
      signal.throwIfAborted();
      const attached = await attach(workspace, signal);
      const installed = await installPlainly(commands);
      await detach(workspace, signal);
      log(
        `round ${round}${round === 0 ? " (to warm up)" : ""}: attach ${attached.toFixed(1)} s, helm ${installed.toFixed(1)} s`,
      );
      if (round > 0) {
        ours.push(attached);
        peer.push(installed);
      }
    }
    return [metric({ bench: "attach", metric: "attach", ours: median(ours), peer: median(peer), unit: "s" })];
  } finally {
    await labDown({ name: labName, log });
    await rm(folder, { recursive: true, force: true });
  }
}

/** Attaches with the real engine; the seconds are those of the resource, without the start of the engine. */
async function attach(workspace: Workspace, signal: AbortSignal): Promise<number> {
  let startedAt = 0;
  let endedAt = 0;
  const isCluster = (event: EngineEvent["resourcePreEvent"]): boolean =>
    event !== undefined && toStep(event.metadata).type.endsWith(":ConnectedCluster");
  const result = await workspace.up({
    signal,
    onEvent: ({ resourcePreEvent, resOutputsEvent }) => {
      if (isCluster(resourcePreEvent)) startedAt = performance.now();
      if (isCluster(resOutputsEvent)) endedAt = performance.now();
    },
  });
  signal.throwIfAborted();
  if (result.exitCode !== 0 || endedAt === 0) throw new Error(`attaching failed:\n${result.diagnostics.join("\n")}`);
  return (endedAt - startedAt) / 1000;
}

/** Takes the release away and installs it again with plain helm, same chart, same values, same key. */
async function installPlainly({ helm, kubectl }: ClusterCommands): Promise<number> {
  const release = [agentNames.releaseName, "--namespace", agentNames.releaseNamespace];
  const values = await helm(["get", "values", ...release, "--output", "json"]);
  const secret = KeySecret.parse(
    JSON.parse(
      await kubectl(["get", "secret", agentNames.onboardingKeySecret, "-n", agentNames.namespace, "-o", "json"]),
    ),
  );
  await helm(["uninstall", ...release, "--wait"]);
  await kubectl(["wait", "--for=delete", `namespace/${agentNames.namespace}`, "--timeout=120s"]);
  await kubectl(["delete", "namespace", agentNames.releaseNamespace, "--ignore-not-found", "--wait"]);
  await kubectl(["apply", "-f", "-"], JSON.stringify(ownedNamespace));
  const metadata = { name: agentNames.onboardingKeySecret, namespace: agentNames.namespace };
  await kubectl(["apply", "-f", "-"], JSON.stringify({ ...secret, metadata }));

  const startedAt = performance.now();
  const chart = join(repositoryRoot, "agent-chart");
  await helm(
    [
      "upgrade",
      "--install",
      agentNames.releaseName,
      chart,
      ...release.slice(1),
      "--create-namespace",
      "--wait",
      "--values",
      "-",
    ],
    values,
  );
  return (performance.now() - startedAt) / 1000;
}

const KeySecret = z.object({
  apiVersion: z.string(),
  kind: z.literal("Secret"),
  type: z.string(),
  data: z.record(z.string(), z.string()),
});

/** As the provider makes it: the chart adopts it. */
const ownedNamespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: {
    name: agentNames.namespace,
    labels: { "app.kubernetes.io/managed-by": "Helm" },
    annotations: {
      "meta.helm.sh/release-name": agentNames.releaseName,
      "meta.helm.sh/release-namespace": agentNames.releaseNamespace,
    },
  },
};

async function detach(workspace: Workspace, signal: AbortSignal): Promise<void> {
  const result = await workspace.destroy({ signal });
  signal.throwIfAborted();
  if (result.exitCode !== 0) throw new Error(`detaching failed:\n${result.diagnostics.join("\n")}`);
}
