import type * as pulumi from "@pulumi/pulumi";
import { ConnectedCluster } from "../connected-cluster.ts";
import { Extension } from "../extension.ts";
import { FluxConfiguration } from "../flux-configuration.ts";
import { type ComponentHints, withHints } from "../hints.ts";
import type { GateMember } from "../rollout/rollout-gate.ts";
import type { FleetConfigurationArgs, FleetExtensionArgs } from "./fleet-args.ts";
import type { ResolvedCluster } from "./resolve-cluster.ts";
import { selects } from "./selector.ts";

/** What a fleet declares on its clusters. */
export interface FleetParts {
  readonly extensions: Readonly<Record<string, FleetExtensionArgs>>;
  readonly configurations: Readonly<Record<string, FleetConfigurationArgs>>;
}

/** Where a cluster stands in the rollout. */
export interface Turn {
  /** What has to be done before anything happens on the cluster. */
  readonly after: readonly pulumi.Resource[];
  /** Whether a gate judges failures, so that they are warnings. */
  readonly isGated: boolean;
}

/** The resources of one cluster of a fleet, by the keys of the fleet's arguments. */
export interface FleetMember {
  readonly cluster: ConnectedCluster;
  readonly extensions: Readonly<Record<string, Extension>>;
  readonly configurations: Readonly<Record<string, FluxConfiguration>>;
}

/** Declares a cluster of a fleet and what is for it. Names are made of keys alone, so that they say nothing of neighbours. */
export function declareMember(
  fleet: pulumi.ComponentResource,
  fleetName: string,
  resolved: ResolvedCluster,
  parts: FleetParts,
  turn: Turn,
): FleetMember {
  const name = `${fleetName}-${resolved.name}`;
  const inTurn = (...needs: readonly (ConnectedCluster | Extension)[]): ComponentHints =>
    turn.isGated ? { rollout: { needs: needs.map(({ id }) => id) } } : {};
  const cluster = new ConnectedCluster(
    name,
    resolved.args,
    withHints({ parent: fleet, dependsOn: [...turn.after] }, { isNameDefault: true, ...inTurn() }),
  );

  const extensions: Record<string, Extension> = {};
  for (const [key, { where, ...args }] of Object.entries(parts.extensions)) {
    if (!selects(where, resolved)) continue;
    extensions[key] = new Extension(
      `${name}-${key}`,
      { name: key, ...args, cluster },
      withHints({ parent: fleet }, inTurn(cluster)),
    );
  }

  const configurations: Record<string, FluxConfiguration> = {};
  for (const [key, { where, extension: extensionKey, ...args }] of Object.entries(parts.configurations)) {
    if (!selects(where, resolved)) continue;
    const extension = extensionKey === undefined ? undefined : extensions[extensionKey];
    if (extensionKey !== undefined && extension === undefined)
      throw missing(fleetName, key, extensionKey, resolved.name);
    configurations[key] = new FluxConfiguration(
      `${name}-${key}`,
      { name: key, ...args, cluster, ...(extension === undefined ? {} : { extension }) },
      withHints({ parent: fleet }, extension === undefined ? inTurn(cluster) : inTurn(cluster, extension)),
    );
  }
  return { cluster, extensions, configurations };
}

const missing = (fleet: string, configuration: string, extension: string, cluster: string): Error =>
  new Error(
    `The configuration ${configuration} of the fleet ${fleet} needs the extension ${extension}, which is not for the cluster ${cluster}: ` +
      "widen the extension's `where`, or narrow the configuration's.",
  );

/** A member as its ring's gate wants it. */
export const asGateMember = ({ cluster, extensions, configurations }: FleetMember): GateMember => ({
  cluster,
  extensions: Object.values(extensions),
  configurations: Object.values(configurations),
});
