import { type ConnectivityStatus, normalizeLocation } from "@arcfleet/contract";
import type { ConnectedClusterInfo } from "./connected-cluster-info.ts";

/** Which clusters are listed: those that meet every condition that is given. */
export interface ConnectedClusterFilter {
  /**
   * The group that they are in; it must exist.
   * @default any group of the subscription
   */
  readonly resourceGroup?: string;
  /**
   * Tags that they have, each with this value. Names are compared without regard to case.
   * @default any
   * @example { ring: "canary" }
   */
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * The region of their records.
   * @default any
   */
  readonly location?: string;
  /**
   * Their connectivity, or several that will do.
   * @default any
   */
  readonly connectivityStatus?: ConnectivityStatus | readonly ConnectivityStatus[];
  /**
   * The version of their API servers, whole or its beginning: `1.34` means every `1.34.x`.
   * @default any
   */
  readonly kubernetesVersion?: string;
  /**
   * The version of their agents, whole or its beginning.
   * @default any
   */
  readonly agentVersion?: string;
}

export const isWanted = (cluster: ConnectedClusterInfo, filter: ConnectedClusterFilter): boolean =>
  (filter.tags === undefined || hasTags(cluster.tags, filter.tags)) &&
  (filter.location === undefined || normalizeLocation(cluster.location) === normalizeLocation(filter.location)) &&
  (filter.connectivityStatus === undefined ||
    [filter.connectivityStatus].flat().includes(cluster.connectivityStatus)) &&
  isVersion(cluster.kubernetesVersion, filter.kubernetesVersion) &&
  isVersion(cluster.agentVersion, filter.agentVersion);

export function hasTags(found: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const byName = new Map(Object.entries(found).map(([name, value]) => [name.toLowerCase(), value]));
  return Object.entries(wanted).every(([name, value]) => byName.get(name.toLowerCase()) === value);
}

/** A beginning counts at the end of a part only: `1.3` is no `1.34`. */
function isVersion(found: string | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (found === undefined) return false;
  const [version, beginning] = [withoutV(found), withoutV(wanted)];
  return version === beginning || (version.startsWith(beginning) && /^[.+-]/.test(version.slice(beginning.length)));
}

const withoutV = (version: string): string => version.replace(/^v/, "");
