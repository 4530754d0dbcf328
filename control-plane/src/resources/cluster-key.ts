import { connectedCluster, fullType } from "@arcfleet/contract";
import { authorizerIn } from "../authorization/authorize.ts";
import type { Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { areOfOneCluster } from "./moved-clusters.ts";
import { hashOfKey, onboardingKeyOf } from "./onboarding-key.ts";
import type { SavedResource } from "./resource-hooks.ts";

/** One key belongs to one cluster. Only the records of one cluster share it, while it moves. */
export async function refuseKeyOfOther(tx: Tx, saved: SavedResource, caller: Caller): Promise<void> {
  const keyHash = hashOfKey(onboardingKeyOf(saved.properties));
  if (keyHash === null) return;
  const others = await tx
    .selectFrom("cluster_status")
    .innerJoin("resources", "resources.key", "cluster_status.cluster_key")
    .select(["resources.key", "resources.id"])
    .where("cluster_status.key_hash", "=", keyHash)
    .where("cluster_status.cluster_key", "!=", saved.key)
    .execute();
  for (const other of others) {
    if (await areOfOneCluster(tx, saved, other.key)) continue;
    const mayRead = await authorizerIn(tx).isAllowed(caller, `${fullType(connectedCluster)}/read`, other.id);
    throw new DomainError(
      "ClusterAlreadyAttached",
      `The cluster behind this agentPublicKeyCertificate is already attached as ${mayRead ? `'${other.id}'` : "a connected cluster that you may not read"}. Delete that connected cluster first, or use its name.`,
      { target: "properties.agentPublicKeyCertificate", internal: `the other cluster is ${other.id}` },
    );
  }
}
