import { type DesiredKind, desiredKinds, extension, fullType, resourceKey } from "@arcfleet/contract";
import { z } from "zod";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { readJsonColumn } from "../json.ts";
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
  if (own.startsWith(resourceKey(`${cluster.key}/providers/${fullType(extension)}/`))) {
    const row = await store.read.selectFrom("resources").select("properties").where("key", "=", own).executeTakeFirst();
    const properties = WithExtensionType.safeParse(readJsonColumn(row?.properties ?? null));
    const kinds = properties.success ? catalogue.dataPlaneKinds(properties.data.extensionType) : [];
    if (kinds.length > 0) return { isCluster: false, kinds };
  }
  throw refuse(caller, cluster);
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
