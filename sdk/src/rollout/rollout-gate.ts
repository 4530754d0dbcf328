import type * as pulumi from "@pulumi/pulumi";
import { ArcfleetResource } from "../arcfleet-resource.ts";
import type { ConnectedCluster } from "../connected-cluster.ts";
import { withDependencies } from "../dependencies.ts";
import type { Extension } from "../extension.ts";
import type { FluxConfiguration } from "../flux-configuration.ts";
import { revisionOf } from "./revision.ts";

/** A cluster of a ring, with what has to be healthy on it. */
export interface GateMember {
  /** Healthy when it is `Connected`. */
  readonly cluster: ConnectedCluster;
  /** Each healthy when it is `Succeeded`. @default none */
  readonly extensions?: readonly Extension[];
  /** Each healthy when it is `Compliant`, or suspended by the program. @default none */
  readonly configurations?: readonly FluxConfiguration[];
}

/** When a ring counts as healthy. */
export interface HealthArgs {
  /**
   * How long a cluster has to be healthy without a break, in seconds. Changing this updates: the ring is looked at again.
   * @default 60
   */
  readonly healthyForSeconds?: pulumi.Input<number>;
  /**
   * How many clusters may be unhealthy at the end without stopping the rollout. Changing this updates: the ring is looked at again.
   * @default 0
   */
  readonly maxFailures?: pulumi.Input<number>;
  /**
   * How long the ring has to become healthy and stay so, in seconds; more than `healthyForSeconds`. Changing this updates: the ring
   * is looked at again.
   * @default 900
   */
  readonly timeoutSeconds?: pulumi.Input<number>;
}

export interface RolloutGateArgs extends HealthArgs {
  /**
   * The clusters of the ring by a name of your choice, which the summary uses; the gate comes after all of them. Plain: which
   * clusters these are must be known before the update. Changing this updates: the ring is looked at again.
   * @example { east: { cluster: east, extensions: [flux], configurations: [apps] } }
   */
  readonly members: Readonly<Record<string, GateMember>>;
  /**
   * What people call the ring, for the summary.
   * @default the name of the Pulumi resource
   */
  readonly ring?: pulumi.Input<string>;
}

/**
 * A gate behind a ring of clusters: done when the ring has been healthy for long enough. Whatever `dependsOn` it begins only then;
 * {@link Fleet} sets gates between its rings. The gate looks when something of the ring changes in the program or in this run, and
 * is otherwise unchanged and costs nothing.
 *
 * Fails with a summary of the ring (what is wrong, cluster by cluster); the next `pulumi up` looks again, whether or not anything
 * was changed.
 *
 * @example
 * const gate = new RolloutGate("canary", { members: { east: { cluster: east, extensions: [flux] } } });
 * new Extension("west-flux", { cluster: west, extensionType: "microsoft.flux" }, { dependsOn: gate });
 */
export class RolloutGate extends ArcfleetResource {
  /** The clusters that were not healthy and that `maxFailures` let go. */
  declare readonly unhealthy: pulumi.Output<string[] | undefined>;

  constructor(name: string, args: RolloutGateArgs, options: pulumi.CustomResourceOptions = {}) {
    const { members, ...rest } = args;
    const all = Object.entries(members);
    const inputs = {
      ...rest,
      ring: args.ring ?? name,
      members: Object.fromEntries(all.map(([key, member]) => [key, idsOf(member)])),
      revision: Object.fromEntries(all.map(([key, member]) => [key, revisionOf(member)])),
    };
    const after = all.flatMap(([, member]) => resourcesOf(member));
    super({ key: "rolloutGate", outputs: ["unhealthy"], secrets: [] }, name, inputs, {
      ...options,
      dependsOn: withDependencies(options.dependsOn, after),
    });
  }
}

const idsOf = ({ cluster, extensions = [], configurations = [] }: GateMember) => ({
  cluster: cluster.id,
  extensions: extensions.map((extension) => extension.name),
  configurations: configurations.map((configuration) => configuration.name),
});

/** All that a member consists of. */
export const resourcesOf = ({ cluster, extensions = [], configurations = [] }: GateMember): pulumi.Resource[] => [
  cluster,
  ...extensions,
  ...configurations,
];
