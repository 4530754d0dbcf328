import { connectedCluster } from "@arcfleet/contract";
import { type ConnectedClusterInfo, connectedClusterInfo, getRecord } from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";
import { existingGroupName } from "../references.ts";
import type { ResourceGroup } from "../resource-group.ts";
import type { GetByIdArgs, GetByIdOutputArgs } from "./by-id.ts";
import { type LookupOptions, lookUp, lookUpOutput } from "./look-up.ts";

/** A cluster by its place, or by its ARM id. */
export type GetConnectedClusterArgs = { resourceGroup: string; name: string; id?: never } | GetByIdArgs;

/** The same with values that are known later. A group that this program makes is waited for. */
export type GetConnectedClusterOutputArgs =
  | { resourceGroup: pulumi.Input<string> | ResourceGroup; name: pulumi.Input<string>; id?: never }
  | GetByIdOutputArgs;

/**
 * Looks up a cluster: everything that the control plane knows of it, also what changes all the time and therefore is no output of
 * {@link ConnectedCluster}, such as `lastConnectivityTime`. One request, at every preview and update. Nothing of it is kept in the
 * state.
 *
 * @example
 * const east = await getConnectedCluster({ resourceGroup: "fleet", name: "east" });
 * console.log(east.connectivityStatus, east.lastConnectivityTime);
 * @throws when there is no such cluster, or the control plane cannot be asked
 */
export const getConnectedCluster = (
  args: GetConnectedClusterArgs,
  options?: LookupOptions,
): Promise<ConnectedClusterInfo> =>
  lookUp({
    name: "getConnectedCluster",
    args,
    options,
    read: async (client) => connectedClusterInfo(await getRecord(client, connectedCluster, args)),
  });

/** {@link getConnectedCluster} for values that are known later. */
export const getConnectedClusterOutput = (
  args: GetConnectedClusterOutputArgs,
  options?: LookupOptions,
): pulumi.Output<ConnectedClusterInfo> =>
  lookUpOutput(place(args), options, (known) => getConnectedCluster(known, options));

const place = (args: GetConnectedClusterOutputArgs): pulumi.Output<GetConnectedClusterArgs> =>
  args.id === undefined
    ? pulumi
        .all([existingGroupName(args.resourceGroup), args.name])
        .apply(([resourceGroup, name]) => ({ resourceGroup, name }))
    : pulumi.output(args.id).apply((id) => ({ id }));
