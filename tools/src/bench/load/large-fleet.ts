/**
 * A database with a large fleet, in a minute instead of an hour: some clusters are made through the API, with all that agents do for them,
 * and then copied while no control plane runs.
 */
import { join } from "node:path";
import { type ArmCaller, armCaller } from "@arcfleet/tests/support/arm-caller.ts";
import { onboardingKey } from "@arcfleet/tests/support/onboarding-key.ts";
import { simulatedAgent } from "@arcfleet/tests/support/simulated-agent.ts";
import { type BenchControlPlane, startBenchControlPlane } from "../bench-control-plane.ts";
import { clusterNameOf } from "./copies.ts";
import { copyClusters } from "./copy-clusters.ts";

/** Clusters differ as these do: versions, sizes, tags; every second one has an extension and a Flux configuration. */
const originals = 20;
export const fleetGroup = "bench";

const originalName = (number: number): string => `original-${String(number).padStart(4, "0")}-of-the-fleet`;

export interface LargeFleetOptions {
  /** What {@link startBenchControlPlane} is given. */
  readonly folder: string;
  readonly count: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Makes the database in a folder that has none, for a control plane that is started there afterwards. */
export async function makeLargeFleet({ folder, count, log, signal }: LargeFleetOptions): Promise<void> {
  {
    await using controlPlane = await startBenchControlPlane(folder, { args: ["--log-level", "warn"] });
    await makeOriginals(controlPlane, signal);
  }
  log(`${originals} clusters are made through the API; they are copied until there are ${count}`);
  copyClusters({
    file: join(folder, "data", "control-plane.sqlite"),
    originals: Array.from({ length: originals }, (_, number) => originalName(number)),
    from: 0,
    to: count,
    nameOf: clusterNameOf,
    log,
    signal,
  });
}

async function makeOriginals({ connection }: BenchControlPlane, signal: AbortSignal): Promise<void> {
  const arm = await armCaller(connection);
  const group = `/subscriptions/${connection.subscriptionId}/resourceGroups/${fleetGroup}`;
  await put(arm, `${group}?api-version=2024-11-01`, { location: "westeurope" });
  for (let number = 0; number < originals; number++) {
    signal.throwIfAborted();
    await makeOriginal(
      arm,
      `${group}/providers/Microsoft.Kubernetes/connectedClusters/${originalName(number)}`,
      number,
    );
  }
}

async function makeOriginal(arm: ArmCaller, id: string, number: number): Promise<void> {
  const key = onboardingKey();
  await put(arm, `${id}?api-version=2024-01-01`, {
    location: "westeurope",
    identity: { type: "SystemAssigned" },
    tags: {
      env: ["production", "staging", "test", "development"][number % 4],
      ring: `${number % 5}`,
      region: ["north", "east", "south", "west"][Math.floor(number / 4) % 4],
      owner: `team-${number}`,
      site: originalName(number),
    },
    properties: { agentPublicKeyCertificate: key.publicKeyBase64, distribution: "k3s", infrastructure: "generic" },
  });
  const agent = await simulatedAgent(arm.connection, id, key);
  await agent.heartbeat({
    kubernetesVersion: `1.${32 + (number % 4)}.${number % 3}`,
    agentVersion: `1.${38 + (number % 3)}.0`,
    totalNodeCount: 1 + (number % 7),
  });
  if (number % 2 === 1) return;
  const installed = `${id}/providers/Microsoft.KubernetesConfiguration`;
  await put(arm, `${installed}/extensions/flux?api-version=2024-11-01`, {
    properties: { extensionType: "microsoft.flux", configurationProtectedSettings: { password: "benchmark" } },
  });
  await put(arm, `${installed}/fluxConfigurations/apps?api-version=2024-11-01`, {
    properties: {
      scope: "cluster",
      namespace: "apps",
      sourceKind: "GitRepository",
      gitRepository: { url: "https://git.example.com/fleet.git", repositoryRef: { branch: "main" } },
      kustomizations: { apps: { path: "./apps", prune: true } },
    },
  });
  await agent.settle();
}

async function put(arm: ArmCaller, path: string, body: object): Promise<void> {
  const answer = await arm.call(path, { method: "PUT", body });
  if (answer.status > 201) throw new Error(`PUT of ${path} answered ${answer.status}: ${answer.text}`);
}
