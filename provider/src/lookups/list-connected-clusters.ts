import {
  ArmResource,
  connectedCluster,
  fullType,
  normalizeLocation,
  resourceGroup,
  resourceKey,
} from "@arcfleet/contract";
import { allPages } from "./all-pages.ts";
import { type ConnectedClusterFilter, hasTags, isWanted } from "./connected-cluster-filter.ts";
import { type ConnectedClusterInfo, connectedClusterInfo } from "./connected-cluster-info.ts";
import type { LookupClient } from "./lookup-client.ts";

/** So many clusters are read one by one; for more of them the whole list is cheaper. */
const readSingly = 32;

/**
 * The clusters that a filter describes, in the order of their ids. Group and tags are the control plane's work: it has an index of
 * them. The rest is compared here, because ARM's lists cannot be filtered by it.
 */
export async function listConnectedClusters(
  lookup: LookupClient,
  filter: ConnectedClusterFilter = {},
): Promise<readonly ConnectedClusterInfo[]> {
  const records =
    filter.tags === undefined ? await listAll(lookup, filter) : await listTagged(lookup, filter, filter.tags);
  return records.map(connectedClusterInfo).filter((cluster) => isWanted(cluster, filter));
}

const scopeOf = ({ settings }: LookupClient, filter: ConnectedClusterFilter): string =>
  `/subscriptions/${settings.subscriptionId}${filter.resourceGroup === undefined ? "" : `/resourceGroups/${filter.resourceGroup}`}`;

const listAll = (lookup: LookupClient, filter: ConnectedClusterFilter): Promise<readonly ArmResource[]> =>
  allPages(lookup, `${scopeOf(lookup, filter)}/providers/${fullType(connectedCluster)}`, ArmResource, {
    "api-version": connectedCluster.providerApiVersion,
  });

/** An entry of the list over all types: it has tags, but no properties. */
const Envelope = ArmResource.omit({ properties: true });

async function listTagged(
  lookup: LookupClient,
  filter: ConnectedClusterFilter,
  tags: Readonly<Record<string, string>>,
): Promise<readonly ArmResource[]> {
  const [first] = Object.entries(tags);
  if (first === undefined) return listAll(lookup, filter);
  // ARM takes no other condition beside that of a tag, and one tag only.
  const found = await allPages(lookup, `${scopeOf(lookup, filter)}/resources`, Envelope, {
    "api-version": resourceGroup.providerApiVersion,
    $filter: `tagName eq ${quoted(first[0])} and tagValue eq ${quoted(first[1])}`,
  });
  const type = fullType(connectedCluster).toLowerCase();
  const wanted = found.filter(
    (one) =>
      one.type.toLowerCase() === type &&
      hasTags(one.tags ?? {}, tags) &&
      (filter.location === undefined || normalizeLocation(one.location ?? "") === normalizeLocation(filter.location)),
  );
  if (wanted.length > readSingly) {
    const keys = new Set(wanted.map(({ id }) => resourceKey(id)));
    return (await listAll(lookup, filter)).filter(({ id }) => keys.has(resourceKey(id)));
  }
  const { providerApiVersion } = connectedCluster;
  const read = await Promise.all(wanted.map(({ id }) => lookup.client.get(id, providerApiVersion)));
  return read.filter((record) => record !== undefined);
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
