import * as pulumi from "@pulumi/pulumi";
import type { ConnectedCluster } from "../connected-cluster.ts";
import type { Extension } from "../extension.ts";
import type { FluxConfiguration } from "../flux-configuration.ts";
import type { RolloutGate } from "../rollout/rollout-gate.ts";
import { assignRings } from "./assign-rings.ts";
import { declareAtOnce, declareRings } from "./declare-rings.ts";
import type { FleetArgs, FleetOptions } from "./fleet-args.ts";
import type { FleetMember, FleetParts } from "./fleet-member.ts";
import { type FleetClusterStatus, statusOf } from "./fleet-status.ts";
import { byKey, keysOf, valueAt, withoutUndefined } from "./records.ts";
import { type ResolvedCluster, resolveCluster } from "./resolve-cluster.ts";
import { describe, selects } from "./selector.ts";

/**
 * A fleet: clusters that share defaults, extensions and configurations, and the order in which changes reach them.
 *
 * Its parts are ordinary resources with the fleet as their parent, named `<fleet>-<cluster>`, `<fleet>-<cluster>-<extension>`,
 * `<fleet>-<cluster>-<configuration>` and `<fleet>-<ring>`; their records are named by the keys. So a cluster more or less changes
 * nothing on the others.
 *
 * @example
 * const fleet = new Fleet("shops", {
 *   defaults: { location: "westeurope", resourceGroup: "shops" },
 *   clusters: {
 *     berlin: { kubeconfig: readKubeconfig("./berlin.kubeconfig"), tags: { ring: "canary" } },
 *     paris: { kubeconfig: readKubeconfig("./paris.kubeconfig") },
 *   },
 *   extensions: { flux: { extensionType: "microsoft.flux" } },
 *   configurations: { apps: { extension: "flux", gitRepository: { url: "https://example.com/shops.git" } } },
 *   rings: [{ name: "canary", where: { tags: { ring: "canary" } } }, { name: "rest", maxAtOnce: 10 }],
 * });
 * export const berlin = fleet.clusters.berlin.connectivityStatus;
 */
export class Fleet<
  Cluster extends string = string,
  Extensions extends string = never,
  Configurations extends string = never,
> extends pulumi.ComponentResource {
  /** The clusters by name. */
  readonly clusters: Readonly<Record<Cluster, ConnectedCluster>>;
  /** The extensions by name and cluster; a cluster that a selector leaves out has none. */
  readonly extensions: Readonly<Record<Extensions, Readonly<Partial<Record<Cluster, Extension>>>>>;
  /** The configurations by name and cluster; a cluster that a selector leaves out has none. */
  readonly configurations: Readonly<Record<Configurations, Readonly<Partial<Record<Cluster, FluxConfiguration>>>>>;
  /** The gates by the name of their ring; none without rings. */
  readonly gates: Readonly<Record<string, RolloutGate>>;
  /** How each cluster is, as of the last `up` or `refresh`. */
  readonly status: pulumi.Output<Readonly<Record<Cluster, FleetClusterStatus>>>;

  constructor(name: string, args: FleetArgs<Cluster, Extensions, Configurations>, options: FleetOptions = {}) {
    super("arcfleet:index:Fleet", name, {}, options);
    const keys = {
      clusters: keysOf(args.clusters),
      extensions: keysOf(args.extensions),
      configurations: keysOf(args.configurations),
    };
    const parts: FleetParts = { extensions: args.extensions ?? {}, configurations: args.configurations ?? {} };
    const clusters = keys.clusters.map((key) => resolveCluster(name, key, args.clusters[key], args.defaults ?? {}));
    warnOfUnused(this, name, parts, clusters);

    const { members, gates } =
      args.rings === undefined
        ? declareAtOnce(this, name, clusters, parts)
        : declareRings(this, name, assignRings(name, args.rings, clusters), parts);

    const everywhere = <Part>(partOf: (member: FleetMember) => Part | undefined): Partial<Record<Cluster, Part>> =>
      withoutUndefined(byKey(keys.clusters, (key) => partOf(valueAt(members, key))));
    this.gates = gates;
    this.clusters = byKey(keys.clusters, (key) => valueAt(members, key).cluster);
    this.extensions = byKey(keys.extensions, (key) => everywhere(({ extensions }) => extensions[key]));
    this.configurations = byKey(keys.configurations, (key) => everywhere(({ configurations }) => configurations[key]));
    this.status = pulumi
      .all(keys.clusters.map((key) => statusOf(valueAt(members, key))))
      .apply((states) => byKey(keys.clusters, (_key, at) => states[at] as FleetClusterStatus));
    this.registerOutputs({});
  }
}

/** A selector that is for nothing may be right for the moment; it must not be overlooked. */
function warnOfUnused(
  fleet: pulumi.Resource,
  name: string,
  { extensions, configurations }: FleetParts,
  clusters: readonly ResolvedCluster[],
): void {
  const parts = [
    ...Object.entries(extensions).map(([key, { where }]) => ({ what: `extension ${key}`, where })),
    ...Object.entries(configurations).map(([key, { where }]) => ({ what: `configuration ${key}`, where })),
  ];
  for (const { what, where } of parts) {
    if (where === undefined || clusters.some((cluster) => selects(where, cluster))) continue;
    pulumi.log.warn(`The ${what} of the fleet ${name} is for no cluster: ${describe(where)} selects none.`, fleet);
  }
}
