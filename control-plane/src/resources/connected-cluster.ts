import {
  type ConnectedClusterProperties,
  type ConnectivityStatus,
  connectedCluster,
  findDefinition,
  Heartbeat,
} from "@arcfleet/contract";
import type { Clock } from "../clock.ts";
import type { ResourceRow } from "../db/resources.ts";
import { insertClusterStatus, retireGenerations } from "../desired/generation.ts";
import { DomainError } from "../errors.ts";
import { revokeCredentials } from "../identity/applications.ts";
import type { Settings } from "../settings.ts";
import { checkMove, findPredecessor } from "./check-move.ts";
import { refuseKeyOfOther } from "./cluster-key.ts";
import { locationsOn, refuseWhileGroupHosts, refuseWhileHosting } from "./custom-location.ts";
import { awaitsAgents, childrenLeftBehind, closeGap } from "./moved-clusters.ts";
import { checkOnboardingKey, hashOfKey, onboardingKeyOf } from "./onboarding-key.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const hooks: ResourceHooks = {
  check(_services, properties) {
    const key = onboardingKeyOf(properties);
    checkOnboardingKey(key);
    const keyHash = hashOfKey(key);
    return keyHash === null ? null : { keyHash };
  },

  async beforeSave(_services, tx, saved, caller) {
    await checkMove(tx, saved, caller);
    await refuseKeyOfOther(tx, saved, caller);
  },

  async afterCreate(tx, saved) {
    const key_hash = hashOfKey(onboardingKeyOf(saved.properties));
    const before = await findPredecessor(tx, saved);
    const status = { cluster_key: saved.key, key_hash, moved_from: before?.cluster_key ?? null };
    // Above what the agents have seen of the old record, so that they take the children of the new one for news.
    await insertClusterStatus(tx, status, before?.generation);
  },

  async afterUpdate(tx, saved) {
    const key_hash = hashOfKey(onboardingKeyOf(saved.properties));
    const changed = await tx
      .updateTable("cluster_status")
      .set({ key_hash })
      .where("cluster_key", "=", saved.key)
      .where((eb) => eb.or([eb("key_hash", "is", null), eb("key_hash", "!=", key_hash ?? "")]))
      .returning("cluster_key")
      .executeTakeFirst();
    // Certificates that the old key obtained must not go on buying tokens.
    if (changed) await revokeCredentials(tx, saved.id);
  },

  async beforeDelete(tx, row) {
    await refuseWhileHosting(tx, row.key, row.id);
    if (row.moved_to === null) return;
    if (row.last_connectivity !== null && (await awaitsAgents(tx, row.key))) {
      throw new DomainError(
        "MoveIncomplete",
        `'${row.id}' is being moved to '${row.moved_to}', where its agents have not reported yet. Let the move go on, or delete that one first; then delete this one again.`,
      );
    }
    const left = await childrenLeftBehind(tx, row.key);
    if (left.length === 0) return;
    const names = left.map(({ name, type }) => `${findDefinition(type)?.singular ?? type} '${name}'`);
    throw new DomainError(
      "MoveIncomplete",
      `'${row.id}' was moved to '${row.moved_to}', which does not have what is still here: ${names.join(", ")}. Declare these for the new connected cluster, or delete them; then delete this one again.`,
      { details: left.map(({ id }) => ({ code: "NotMoved", message: "Not made anew yet.", target: id })) },
    );
  },

  dependants: locationsOn,

  refuseGroupRemoval: refuseWhileGroupHosts,

  async beforeRemove(tx, key) {
    await closeGap(tx, key);
    await retireGenerations(tx, key);
    await tx.deleteFrom("cluster_status").where("cluster_key", "=", key).execute();
  },

  present({ clock, settings }, properties, row) {
    const heartbeat = row.metadata === null ? undefined : Heartbeat.parse(JSON.parse(row.metadata));
    const own: Partial<ConnectedClusterProperties> = properties;
    const profile = { ...own.arcAgentProfile, agentState: null, agentErrors: heartbeat?.agentErrors ?? [] };
    const { oidcIssuerProfile: issuer } = own;
    return {
      // Clients wait for the issuer's address; that of a cluster which brings its own is known.
      ...(issuer?.enabled && { oidcIssuerProfile: { ...issuer, issuerUrl: issuer.selfHostedIssuerUrl ?? null } }),
      arcAgentProfile: profile,
      connectivityStatus: connectivityOf(row, onboardingKeyOf(properties) !== "", clock, settings),
      ...(heartbeat && {
        agentVersion: heartbeat.agentVersion,
        kubernetesVersion: heartbeat.kubernetesVersion,
        totalNodeCount: heartbeat.totalNodeCount,
        totalCoreCount: heartbeat.totalCoreCount,
        // What the client wrote wins; the agents fill in what it left open.
        distribution: own.distribution ?? heartbeat.distribution,
        infrastructure: own.infrastructure ?? heartbeat.infrastructure,
      }),
      ...(row.moved_to && { movedTo: row.moved_to }),
      ...(row.last_connectivity && { lastConnectivityTime: row.last_connectivity }),
      ...(row.certificate_expires && { managedIdentityCertificateExpirationTime: row.certificate_expires }),
    };
  },
};

export const connectedClusterHooks = { definition: connectedCluster, hooks };

type StatusColumns = Pick<ResourceRow, "last_connectivity" | "certificate_expires">;

/**
 * The connectivity of a cluster is worked out whenever it is read, from the last heartbeat and the clock: there is no job that
 * could be late, and a control plane that was down wakes up with the right answer.
 */
export function connectivityOf(
  status: StatusColumns,
  hasAgents: boolean,
  clock: Clock,
  settings: Pick<Settings, "offlineAfterMs">,
): ConnectivityStatus {
  if (!hasAgents) return "AgentNotInstalled";
  if (status.last_connectivity === null) return "Connecting";
  const now = clock.now().getTime();
  if (status.certificate_expires !== null && Date.parse(status.certificate_expires) <= now) return "Expired";
  // Either way: a heartbeat from the future is one of before the clock was set back, and says nothing of now.
  return Math.abs(now - Date.parse(status.last_connectivity)) < settings.offlineAfterMs ? "Connected" : "Offline";
}
