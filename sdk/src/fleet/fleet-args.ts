import type * as pulumi from "@pulumi/pulumi";
import type { ConnectedClusterArgs } from "../connected-cluster.ts";
import type { ExtensionArgs } from "../extension.ts";
import type { FluxConfigurationArgs } from "../flux-configuration.ts";
import type { HealthArgs } from "../rollout/rollout-gate.ts";
import type { Selector } from "./selector.ts";

/** `Omit` that keeps the alternatives of a union apart. */
type Without<Args, Key extends PropertyKey> = Args extends unknown ? Omit<Args, Key> : never;

interface PlainClusterArgs {
  /**
   * The region of the record. Plain, because selectors look at it. Changing this replaces the cluster.
   * @default that of `defaults`; one of the two is needed
   * @example "westeurope"
   */
  location?: string;
  /**
   * Labels of the record, merged with those of `defaults`: the cluster's own win. Plain, because selectors look at them. Changing
   * this updates the record alone, and may move the cluster to another ring.
   * @default those of `defaults`
   * @example { ring: "canary" }
   */
  tags?: Readonly<Record<string, string>>;
}

/** One cluster of a fleet: what a {@link ConnectedCluster} takes, with what the fleet's `defaults` give left out. */
export type FleetClusterArgs = PlainClusterArgs &
  Partial<Pick<ConnectedClusterArgs, "resourceGroup">> &
  Without<ConnectedClusterArgs, "location" | "tags" | "resourceGroup" | "name">;

/** What all clusters of a fleet have unless they say otherwise. Tags are merged; of everything else the cluster's own word counts. */
export type FleetDefaults = Partial<Without<FleetClusterArgs, "kubeconfig" | "context" | "adopt">>;

interface Selected<Cluster extends string> {
  /**
   * The clusters that get it. One that selects nothing is a warning.
   * @default all
   * @example { tags: { gpu: "yes" } }
   */
  where?: Selector<Cluster>;
}

/** An extension of a fleet: what an {@link Extension} takes, without its cluster. */
export type FleetExtensionArgs<Cluster extends string = string> = Without<ExtensionArgs, "cluster"> & Selected<Cluster>;

/** A configuration of a fleet: what a {@link FluxConfiguration} takes, without its cluster. */
export type FleetConfigurationArgs<Cluster extends string = string, Extension extends string = string> = Without<
  FluxConfigurationArgs,
  "cluster" | "extension"
> &
  Selected<Cluster> & {
    /**
     * The fleet's `microsoft.flux` extension, by its key in `extensions`: on each cluster it must be there first, and go last.
     * @default none
     * @example "flux"
     */
    extension?: Extension;
  };

/** A ring: clusters that get a change together, before those of the rings behind it. */
export interface RingArgs<Cluster extends string = string> extends HealthArgs {
  /** What people call it. Changing this replaces its gate, which looks at the ring again. */
  name: string;
  /**
   * Its clusters, of those that no ring before it took. Every cluster must be in a ring, and no ring may be empty.
   * @default all that are left
   * @example { tags: { ring: "canary" } }
   */
  where?: Selector<Cluster>;
  /**
   * How many of its clusters are worked on at once, each with everything that is declared on it; also while they are removed.
   * @default as many as the engine does at once (`pulumi up --parallel`)
   */
  maxAtOnce?: number;
}

/** The keys of `clusters`, `extensions` and `configurations` are part of the type: a wrong one does not compile. */
export interface FleetArgs<
  Cluster extends string = string,
  Extension extends string = never,
  Configuration extends string = never,
> {
  /** What all clusters have unless they say otherwise. @default none */
  defaults?: FleetDefaults;
  /** The clusters by name, which is also the name of the record. @example { east: { kubeconfig: readKubeconfig("./east") } } */
  clusters: Readonly<Record<Cluster, FleetClusterArgs>>;
  /** Extensions by name, for all clusters or for some. @default none @example { flux: { extensionType: "microsoft.flux" } } */
  extensions?: Readonly<Record<Extension, FleetExtensionArgs<NoInfer<Cluster>>>>;
  /** Configurations by name, for all clusters or for some. @default none */
  configurations?: Readonly<Record<Configuration, FleetConfigurationArgs<NoInfer<Cluster>, NoInfer<Extension>>>>;
  /**
   * The order in which changes reach the clusters: ring after ring, each behind a {@link RolloutGate}. In a ring a failure is a
   * warning that does not stop the others; the gate judges it.
   * @default all clusters at once, without a gate, and the first failure stops the run
   * @example [{ name: "canary", where: { tags: { ring: "canary" } } }, { name: "rest", maxAtOnce: 10 }]
   */
  rings?: readonly RingArgs<NoInfer<Cluster>>[];
}

/** Options of a fleet. Its parts take `aliases` and the like by `transforms`. */
export type FleetOptions = pulumi.ComponentResourceOptions;
