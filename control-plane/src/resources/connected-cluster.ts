import { createHash, createPublicKey } from "node:crypto";
import {
  type ConnectedClusterProperties,
  type ConnectivityStatus,
  connectedCluster,
  fullType,
  Heartbeat,
} from "@arcfleet/contract";
import type { Clock } from "../clock.ts";
import type { ResourceRow } from "../db/resources.ts";
import { firstGeneration, retireGenerations } from "../desired/generation.ts";
import { DomainError, invalid } from "../errors.ts";
import { revokeCredentials } from "../identity/applications.ts";
import type { JsonObject } from "../json.ts";
import type { Settings } from "../settings.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const hooks: ResourceHooks = {
  check(_services, properties) {
    const keyHash = hashOfKey(onboardingKeyOf(properties));
    return keyHash === null ? null : { keyHash };
  },

  async beforeSave({ authorize }, tx, saved, caller) {
    const keyHash = hashOfKey(onboardingKeyOf(saved.properties));
    if (keyHash === null) return;
    const other = await tx
      .selectFrom("cluster_status")
      .innerJoin("resources", "resources.key", "cluster_status.cluster_key")
      .select("resources.id")
      .where("cluster_status.key_hash", "=", keyHash)
      .where("cluster_status.cluster_key", "!=", saved.key)
      .executeTakeFirst();
    if (!other) return;
    const mayRead = await authorize(caller, `${fullType(connectedCluster)}/read`, other.id).then(
      () => true,
      () => false,
    );
    throw new DomainError(
      "ClusterAlreadyAttached",
      `The cluster behind this agentPublicKeyCertificate is already attached as ${mayRead ? `'${other.id}'` : "a connected cluster that you may not read"}. Delete that connected cluster first, or use its name.`,
      { target: "properties.agentPublicKeyCertificate", internal: `the other cluster is ${other.id}` },
    );
  },

  async afterCreate(tx, saved) {
    const key_hash = hashOfKey(onboardingKeyOf(saved.properties));
    const generation = await firstGeneration(tx, saved.key);
    await tx.insertInto("cluster_status").values({ cluster_key: saved.key, generation, key_hash }).execute();
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

  async beforeRemove(tx, key) {
    await retireGenerations(tx, key);
    await tx.deleteFrom("cluster_status").where("cluster_key", "=", key).execute();
  },

  present({ clock, settings }, properties, row) {
    const heartbeat = row.metadata === null ? undefined : Heartbeat.parse(JSON.parse(row.metadata));
    const own: Partial<ConnectedClusterProperties> = properties;
    const profile = { ...own.arcAgentProfile, agentErrors: heartbeat?.agentErrors ?? [] };
    return {
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
  return now - Date.parse(status.last_connectivity) < settings.offlineAfterMs ? "Connected" : "Offline";
}

/** The onboarding key of a cluster as the client wrote it; empty for a record without agents. */
export function onboardingKeyOf(properties: JsonObject): string {
  const { agentPublicKeyCertificate } = properties;
  return typeof agentPublicKeyCertificate === "string" ? agentPublicKeyCertificate : "";
}

/** The same key in another spelling (line breaks, padding) has the same hash. */
function hashOfKey(text: string): string | null {
  if (text === "") return null;
  const der = Buffer.from(text, "base64");
  let modulusLength: number | undefined;
  try {
    modulusLength = createPublicKey({ key: der, format: "der", type: "pkcs1" }).asymmetricKeyDetails?.modulusLength;
  } catch (cause) {
    throw new DomainError(
      "ValidationFailed",
      "'agentPublicKeyCertificate' is not an RSA public key: it must be the base64 text of the DER form of a PKCS#1 RSAPublicKey, or empty for a record without agents.",
      { target: "properties.agentPublicKeyCertificate", cause },
    );
  }
  if (modulusLength === undefined || modulusLength < 2048) {
    throw invalid(
      `'agentPublicKeyCertificate' holds an RSA key of ${modulusLength} bits; at least 2048 are needed, 4096 are usual.`,
      "properties.agentPublicKeyCertificate",
    );
  }
  return createHash("sha256").update(der).digest("base64url");
}
