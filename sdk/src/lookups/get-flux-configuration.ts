import { fluxConfiguration } from "@arcfleet/contract";
import { type FluxConfigurationInfo, fluxConfigurationInfo, getRecord } from "@arcfleet/provider/lookups";
import * as pulumi from "@pulumi/pulumi";
import type { ConnectedCluster } from "../connected-cluster.ts";
import { idOf } from "../references.ts";
import type { GetByIdArgs, GetByIdOutputArgs } from "./by-id.ts";
import { type LookupOptions, lookUp, lookUpOutput } from "./look-up.ts";

/** A flux configuration by its place, or by its ARM id. */
export type GetFluxConfigurationArgs =
  | {
      /** The ARM id of its cluster. */
      cluster: string;
      name: string;
      id?: never;
    }
  | GetByIdArgs;

/** The same with values that are known later, and with the cluster as a resource. */
export type GetFluxConfigurationOutputArgs =
  | {
      /** Its cluster, or the ARM id of that. */
      cluster: pulumi.Input<string> | ConnectedCluster;
      name: pulumi.Input<string>;
      id?: never;
    }
  | GetByIdOutputArgs;

/**
 * Looks up a configuration: everything that the control plane knows of it, also what is no output of {@link FluxConfiguration}, such
 * as `statuses`. One request, at every preview and update. Nothing of it is kept in the state.
 *
 * @example
 * const apps = await getFluxConfiguration({ cluster: "/subscriptions/…/connectedClusters/east", name: "apps" });
 * for (const { kind, name, complianceState } of apps.statuses ?? []) console.log(kind, name, complianceState);
 * @throws when there is no such flux configuration, or the control plane cannot be asked
 */
export const getFluxConfiguration = (
  args: GetFluxConfigurationArgs,
  options?: LookupOptions,
): Promise<FluxConfigurationInfo> =>
  lookUp({
    name: "getFluxConfiguration",
    args,
    options,
    read: async (client) => fluxConfigurationInfo(await getRecord(client, fluxConfiguration, args)),
  });

/** {@link getFluxConfiguration} for values that are known later. */
export const getFluxConfigurationOutput = (
  args: GetFluxConfigurationOutputArgs,
  options?: LookupOptions,
): pulumi.Output<FluxConfigurationInfo> =>
  lookUpOutput(place(args), options, (known) => getFluxConfiguration(known, options));

const place = (args: GetFluxConfigurationOutputArgs): pulumi.Output<GetFluxConfigurationArgs> =>
  args.id === undefined
    ? pulumi.all([idOf(args.cluster), args.name]).apply(([cluster, name]) => ({ cluster, name }))
    : pulumi.output(args.id).apply((id) => ({ id }));
