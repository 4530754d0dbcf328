import {
  type ConnectedClusterFilter,
  type ConnectedClusterInfo,
  listConnectedClusters as list,
} from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";
import { existingGroupName } from "../references.ts";
import type { ResourceGroup } from "../resource-group.ts";
import { type LookupOptions, lookUp, lookUpOutput } from "./look-up.ts";

/** Which clusters are listed, with values that are known later. A group that this program makes is waited for. */
export type ConnectedClusterFilterInputs = {
  [K in Exclude<keyof ConnectedClusterFilter, "resourceGroup">]?: pulumi.Input<ConnectedClusterFilter[K]>;
} & { resourceGroup?: pulumi.Input<string> | ResourceGroup };

/**
 * Lists the clusters that meet every condition of the filter, in the order of their ids; all of the subscription without one.
 *
 * Costs a request per thousand clusters of the group or the subscription. With `tags` a request per thousand clusters that have the
 * first of them, and one more for each cluster that is found, as long as they are few. At every preview and update; nothing of it
 * is kept in the state.
 *
 * @example
 * const canaries = await listConnectedClusters({ tags: { ring: "canary" }, connectivityStatus: "Connected" });
 * for (const { name, id } of canaries) {
 *   new Extension(`${name}-flux`, { cluster: ConnectedCluster.get(name, id), extensionType: "microsoft.flux" });
 * }
 * @throws when the group does not exist, or the control plane cannot be asked
 */
export const listConnectedClusters = (
  filter: ConnectedClusterFilter = {},
  options?: LookupOptions,
): Promise<readonly ConnectedClusterInfo[]> =>
  lookUp({ name: "listConnectedClusters", args: filter, options, read: (client) => list(client, filter) });

/** {@link listConnectedClusters} for values that are known later. */
export const listConnectedClustersOutput = (
  { resourceGroup, ...rest }: ConnectedClusterFilterInputs = {},
  options?: LookupOptions,
): pulumi.Output<readonly ConnectedClusterInfo[]> => {
  const group = resourceGroup === undefined ? undefined : existingGroupName(resourceGroup);
  const filter = pulumi
    .all([rest, group])
    .apply(
      ([known, name]): ConnectedClusterFilter => ({ ...known, ...(name === undefined ? {} : { resourceGroup: name }) }),
    );
  return lookUpOutput(filter, options, (known) => listConnectedClusters(known, options));
};
