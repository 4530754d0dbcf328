import { type ArmResource, agentNames, connectedCluster, resourceKey } from "@arcfleet/contract";
import type { Properties } from "../inputs/plain.ts";
import type { Preparation, Wanted } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { requireClusterAdmin } from "./access-review.ts";
import { agentRelease } from "./agent-release.ts";
import { changesForAgents, concernsAgents } from "./agents-changes.ts";
import { AgentsInput, isWithoutAccess } from "./agents-input.ts";
import { deleteNamespace, findOnboardingKey, forgetIdentity, placeOnboardingKey } from "./agents-namespace.ts";
import { requireAttachedAs } from "./attached-as.ts";
import { detectFromNodes } from "./cluster-facts.ts";
import { removeAgents } from "./detach.ts";
import { requireHelm } from "./helm-target.ts";
import { installAgents } from "./install-agents.ts";
import {
  findAgentReleases,
  forgetInterruptedInstall,
  type InstalledRelease,
  readAttachedId,
} from "./installed-agents.ts";
import { ClusterError } from "./kube-error.ts";
import { isOfSameMove } from "./moving.ts";
import { makeOnboardingKey, type OnboardingKey } from "./onboarding-key.ts";
import { type OpenCluster, openCluster } from "./open-cluster.ts";
import { noAgentsKey, recordAlone } from "./record-only.ts";
import { releaseStuckCrds } from "./stuck-crds.ts";
import { waitUntilConnected } from "./wait-connected.ts";

const defaultTimeoutSeconds = 1200;

/** Inputs that leave what is installed as it is: another way in to the same cluster. */
const onlyAccess = new Set(["kubeconfig", "context"]);

/**
 * Everything before the record is written: is this cluster ours to attach, and which key does it have. Nothing is changed on a
 * cluster that fails a check.
 */
export async function prepareAttach(context: LifecycleContext, wanted: Wanted): Promise<Preparation> {
  const deadline = Date.now() + timeoutSecondsOf(wanted.inputs) * 1000;
  const record = await context.client.get(wanted.id, connectedCluster.providerApiVersion, context.signal);
  const changed = wanted.before === undefined ? concernsAgents : changesForAgents(wanted.before, wanted.inputs);
  const isFinished = wanted.before !== undefined && wanted.before.unfinished === undefined && record !== undefined;
  if (isFinished && changed.length === 0) return recordAlone(wanted, record);

  context.say("checking the cluster");
  // A cluster without a record will need a key (one that moves keeps its own), which takes a thread about a second: as long as the checks.
  const newKey = record === undefined && wanted.inputs.movedFrom === undefined ? startOnboardingKey() : undefined;
  const cluster = await openCluster(wanted.inputs, context.signal);
  refuseOtherCluster(wanted, cluster);
  // A cluster that was adopted without a kubeconfig has been looked at by nobody yet.
  if (isFinished && isWithoutAccess(wanted.before)) await requireAttachedAs(cluster, wanted.id, record);
  if (isFinished && changed.every((key) => onlyAccess.has(key))) return recordAlone(wanted, record, cluster.uid);

  await requireClusterAdmin(cluster.kube, cluster.chosen.user);
  const [detected, agents] = await Promise.all([
    detectFromNodes(cluster.kube),
    refuseForeignAgents(context, wanted, cluster, record !== undefined),
    requireHelm(context.settings),
  ]);
  await clearInterrupted(context, cluster, agents.release);
  const key = await ownKey(context, wanted, cluster, record, newKey);
  if (agents.areStale) await forgetIdentity(cluster.kube);

  return {
    properties: {
      agentPublicKeyCertificate: key.publicKey,
      distribution: wanted.inputs.distribution ?? detected.distribution,
      infrastructure: wanted.inputs.infrastructure ?? detected.infrastructure,
    },
    mustBeNew: record === undefined,
    outputs: { clusterUid: cluster.uid },
    complete: async (written) => {
      const agents = AgentsInput.parse(wanted.inputs.agents ?? {});
      await installAgents(context, cluster, written, agents, Math.max(deadline - Date.now(), 10_000));
      return { record: await waitUntilConnected(context, cluster, wanted.id, deadline) };
    },
    ...(key.isNew ? { undo: () => deleteNamespace(cluster.kube, agentNames.namespace, context.signal) } : {}),
  };
}

const timeoutSecondsOf = (inputs: Properties): number =>
  AgentsInput.parse(inputs.agents ?? {}).timeoutSeconds ?? defaultTimeoutSeconds;

function refuseOtherCluster({ id, before }: Wanted, { uid, kube }: OpenCluster): void {
  if (typeof before?.clusterUid !== "string" || before.clusterUid === uid) return;
  throw new ClusterError(
    `The kubeconfig now points at another cluster: ${kube.server} has the UID ${uid}, and ${id} was attached from ${before.clusterUid}. ` +
      "Give the kubeconfig of that cluster; or destroy this resource first, with the old kubeconfig, to attach the new one under its name.",
  );
}

interface FoundAgents {
  readonly release: InstalledRelease | undefined;
  /** They are left from a record that is gone. */
  readonly areStale: boolean;
}

/** What an earlier run was killed in the middle of. */
async function clearInterrupted(
  context: LifecycleContext,
  cluster: OpenCluster,
  release: InstalledRelease | undefined,
): Promise<void> {
  if (release?.status === "pending-install") await forgetInterruptedInstall(cluster.kube, release);
  if (release?.status === "uninstalling") await removeAgents(context, cluster);
}

/** Finds agents that are there already; refuses a cluster whose agents belong to another record. */
async function refuseForeignAgents(
  context: LifecycleContext,
  wanted: Wanted,
  { kube }: OpenCluster,
  hasRecord: boolean,
): Promise<FoundAgents> {
  const [releases, attachedId] = await Promise.all([findAgentReleases(kube), readAttachedId(kube)]);
  const elsewhere = releases.find(({ namespace }) => namespace !== agentRelease.namespace);
  if (elsewhere !== undefined) {
    throw new ClusterError(
      `${kube.server} has agents already: the Helm release ${agentRelease.name} in the namespace ${elsewhere.namespace}, which this ` +
        `provider did not make. Remove it first: helm uninstall ${agentRelease.name} -n ${elsewhere.namespace}`,
    );
  }
  const [release] = releases;
  if (attachedId === undefined) {
    if (release === undefined) await releaseStuckCrds(kube);
    return { release, areStale: false };
  }
  if (resourceKey(attachedId) === resourceKey(wanted.id)) return { release, areStale: !hasRecord };
  const other = await context.client.get(attachedId, connectedCluster.providerApiVersion, context.signal);
  if (other === undefined) return { release, areStale: true };
  if (isOfSameMove(wanted, other)) return { release, areStale: false };
  throw new ClusterError(
    `${kube.server} is already attached as ${attachedId}. A cluster has one name: delete that connected cluster first, or use its name.`,
  );
}

/** Begins to make a key that may turn out not to be needed. */
function startOnboardingKey(): Promise<OnboardingKey> {
  const making = makeOnboardingKey();
  making.catch(() => {}); // told to whoever uses the key
  return making;
}

interface Key {
  readonly publicKey: string;
  readonly isNew: boolean;
}

/** The key that the cluster has, or a new one; refuses a record that another cluster's key is registered with. */
async function ownKey(
  context: LifecycleContext,
  wanted: Wanted,
  { kube }: OpenCluster,
  record: ArmResource | undefined,
  newKey: Promise<OnboardingKey> | undefined,
): Promise<Key> {
  const existing = await findOnboardingKey(kube);
  const registered = record?.properties.agentPublicKeyCertificate;
  const isFree = registered === undefined || registered === noAgentsKey || registered === existing?.publicKey;
  if (wanted.before === undefined && !isFree) {
    throw new ClusterError(
      `The name is taken: ${wanted.id} exists and was attached from another cluster. Choose another name, or delete that one first.`,
    );
  }
  if (existing !== undefined) return { publicKey: existing.publicKey, isNew: false };
  context.say("making the cluster's key pair");
  const { publicKey } = await placeOnboardingKey(kube, newKey ?? makeOnboardingKey(), context.signal);
  return { publicKey, isNew: true };
}
