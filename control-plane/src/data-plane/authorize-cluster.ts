import { type DesiredKind, desiredKinds, extension, fullType, resourceKey } from "@arcfleet/contract";
import { z } from "zod";
import type { Store } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { readJsonColumn } from "../json.ts";
import { predecessorsOf } from "../resources/moved-clusters.ts";
import type { Services } from "../services.ts";
import type { ClusterTarget } from "./cluster-routes.ts";

/** What a caller may do on a cluster's data plane. */
export interface ClusterAccess {
  /** True for the cluster's own identity, false for one of its extensions'. */
  readonly isCluster: boolean;
  /** What it may read and report. */
  readonly kinds: readonly DesiredKind[];
}

const WithExtensionType = z.object({ extensionType: z.string() });

/**
 * Only the cluster itself and its extensions may call; anyone else gets the same answer whether or not the cluster exists, and
 * no role, not even Owner, changes that: the data plane hands out secrets that ARM never shows.
 */
export async function authorizeCluster(
  { store, catalogue }: Pick<Services, "store" | "catalogue">,
  caller: Caller,
  cluster: ClusterTarget,
): Promise<ClusterAccess> {
  const own = caller.resourceId === undefined ? "" : resourceKey(caller.resourceId);
  if (own === cluster.key) return { isCluster: true, kinds: desiredKinds };
  if (await isExtensionOf(store.read, own, cluster.key)) {
    const row = await store.read.selectFrom("resources").select("properties").where("key", "=", own).executeTakeFirst();
    const properties = WithExtensionType.safeParse(readJsonColumn(row?.properties ?? null));
    const kinds = properties.success ? catalogue.dataPlaneKinds(properties.data.extensionType) : [];
    if (kinds.length > 0) return { isCluster: false, kinds };
  }
  throw refuse(caller, cluster);
}

/** An extension of the cluster, or during a move of the record before it: its agents are on this cluster, too. */
async function isExtensionOf(db: Store["read"], own: string, clusterKey: string): Promise<boolean> {
  const at = own.indexOf(resourceKey(`/providers/${fullType(extension)}/`));
  if (at < 0) return false;
  const parent = own.slice(0, at);
  return parent === clusterKey || (await predecessorsOf(db, clusterKey)).includes(parent);
}

/** For the verbs that are the cluster's alone. */
export function requireCluster(access: ClusterAccess, caller: Caller, cluster: ClusterTarget): void {
  if (!access.isCluster) throw refuse(caller, cluster);
}

const refuse = (caller: Caller, cluster: ClusterTarget): DomainError =>
  new DomainError(
    "AuthorizationFailed",
    `The client with object id '${caller.principalId}' is not the identity of '${cluster.id}' or of one of its extensions that may call the data plane.`,
  );
