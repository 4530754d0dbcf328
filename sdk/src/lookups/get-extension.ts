import { extension } from "@arcfleet/contract";
import { type ExtensionInfo, extensionInfo, getRecord } from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";
import type { ConnectedCluster } from "../connected-cluster.ts";
import { idOf } from "../references.ts";
import type { GetByIdArgs, GetByIdOutputArgs } from "./by-id.ts";
import { type LookupOptions, lookUp, lookUpOutput } from "./look-up.ts";

/** An extension by its place, or by its ARM id. */
export type GetExtensionArgs =
  | {
      /** The ARM id of its cluster. */
      cluster: string;
      name: string;
      id?: never;
    }
  | GetByIdArgs;

/** The same with values that are known later, and with the cluster as a resource. */
export type GetExtensionOutputArgs =
  | {
      /** Its cluster, or the ARM id of that. */
      cluster: pulumi.Input<string> | ConnectedCluster;
      name: pulumi.Input<string>;
      id?: never;
    }
  | GetByIdOutputArgs;

/**
 * Looks up an extension: everything that the control plane knows of it, also what is no output of {@link Extension}, such as
 * `errorInfo` and `statuses`. One request, at every preview and update. Nothing of it is kept in the state.
 *
 * @example
 * const flux = await getExtension({ cluster: "/subscriptions/…/connectedClusters/east", name: "flux" });
 * console.log(flux.provisioningState, flux.errorInfo?.message);
 * @throws when there is no such extension, or the control plane cannot be asked
 */
export const getExtension = (args: GetExtensionArgs, options?: LookupOptions): Promise<ExtensionInfo> =>
  lookUp({
    name: "getExtension",
    args,
    options,
    read: async (client) => extensionInfo(await getRecord(client, extension, args)),
  });

/** {@link getExtension} for values that are known later. */
export const getExtensionOutput = (
  args: GetExtensionOutputArgs,
  options?: LookupOptions,
): pulumi.Output<ExtensionInfo> => lookUpOutput(place(args), options, (known) => getExtension(known, options));

const place = (args: GetExtensionOutputArgs): pulumi.Output<GetExtensionArgs> =>
  args.id === undefined
    ? pulumi.all([idOf(args.cluster), args.name]).apply(([cluster, name]) => ({ cluster, name }))
    : pulumi.output(args.id).apply((id) => ({ id }));
