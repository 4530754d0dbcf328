import { connectedCluster, findDefinition, fullType, parseResourceId, resourceKey, typeOf } from "@arcfleet/contract";
import type { Kysely } from "kysely";
import { authorizerIn } from "../authorization/authorize.ts";
import type { Tx } from "../db/store.ts";
import type { Tables } from "../db/tables.ts";
import { invalid } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { JsonObject } from "../json.ts";
import { hashOfKey, onboardingKeyOf } from "./onboarding-key.ts";
import type { SavedResource } from "./resource-hooks.ts";

const target = "properties.movedFrom";

/**
 * A new record may take over from another one if the caller may delete that, which is what the move comes to. It is asked
 * before looking, so that the answer does not tell whether the other one exists.
 */
export async function checkMove(tx: Tx, saved: SavedResource, caller: Caller): Promise<void> {
  const movedFrom = movedFromOf(saved.properties);
  if (movedFrom === undefined || (await isThere(tx, saved.key))) return;
  requireOtherCluster(movedFrom, saved);
  await authorizerIn(tx).authorize(caller, `${fullType(connectedCluster)}/delete`, movedFrom);
  const before = await findPredecessor(tx, saved);
  const keyHash = hashOfKey(onboardingKeyOf(saved.properties));
  if (before === undefined || before.key_hash === null || keyHash === null || before.key_hash === keyHash) return;
  throw invalid(
    `'movedFrom' is '${movedFrom}', which has another agentPublicKeyCertificate: it is another cluster. A move keeps the key.`,
    target,
  );
}

/** The record that a new one takes over from; undefined for one that is there already, is no move, or comes after the end of it. */
export async function findPredecessor(
  db: Kysely<Tables>,
  { key, properties }: Pick<SavedResource, "key" | "properties">,
) {
  const movedFrom = movedFromOf(properties);
  if (movedFrom === undefined || (await isThere(db, key))) return undefined;
  return db
    .selectFrom("cluster_status")
    .select(["cluster_key", "generation", "key_hash"])
    .where("cluster_key", "=", resourceKey(movedFrom))
    .executeTakeFirst();
}

const movedFromOf = ({ movedFrom }: JsonObject): string | undefined =>
  typeof movedFrom === "string" ? movedFrom : undefined;

const isThere = async (db: Kysely<Tables>, clusterKey: string): Promise<boolean> =>
  (await db
    .selectFrom("cluster_status")
    .select("cluster_key")
    .where("cluster_key", "=", clusterKey)
    .executeTakeFirst()) !== undefined;

function requireOtherCluster(movedFrom: string, saved: SavedResource): void {
  if (!isClusterId(movedFrom))
    throw invalid(`'movedFrom' is '${movedFrom}', which is not the id of a connected cluster.`, target);
  if (resourceKey(movedFrom) === saved.key) throw invalid("'movedFrom' names the connected cluster itself.", target);
}

function isClusterId(text: string): boolean {
  try {
    return findDefinition(typeOf(parseResourceId(text))) === connectedCluster;
  } catch {
    return false;
  }
}
