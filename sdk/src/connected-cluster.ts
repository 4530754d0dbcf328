import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import { groupName } from "./references.ts";
import type { ResourceGroup } from "./resource-group.ts";

/** How the agents get onto a cluster. */
export interface AgentsArgs {
  /**
   * Whether the agents are installed. `false` makes the record alone, for a cluster that someone else attaches: it is then
   * `AgentNotInstalled`. From `false` to `true` attaches in place; from `true` to `false` removes the agents in place.
   * @default true
   */
  install?: pulumi.Input<boolean>;
  /**
   * The train that the agent chart is taken from. Changing this upgrades in place.
   * @default "stable"
   */
  releaseTrain?: pulumi.Input<string>;
  /**
   * Helm values for the agent chart, on top of those that the control plane prescribes. Changing this upgrades in place.
   * @default none
   * @example { systemDefaultValues: { image: { repository: "registry.example.com/arcfleet/agents" } } }
   */
  values?: pulumi.Input<Record<string, unknown>>;
  /**
   * How long attaching may take, from the first check to `Connected`, in seconds.
   * @default 1200
   */
  timeoutSeconds?: pulumi.Input<number>;
}

/** How the agents are kept up to date. */
export interface ArcAgentProfileArgs {
  /**
   * Pins the agents to a version of the chart. Changing this upgrades in place.
   * @default the newest of the release train
   * @example "1.40.0"
   */
  desiredAgentVersion?: pulumi.Input<string>;
  /**
   * Whether the agents upgrade themselves.
   * @default "Enabled"
   */
  agentAutoUpgrade?: pulumi.Input<"Enabled" | "Disabled">;
}

export interface ConnectedClusterArgs extends AdoptArgs {
  /**
   * The resource group of the record, by name or as the resource. One that is only named is made when it is missing, and stays
   * when the cluster goes. Changing this replaces the resource.
   */
  resourceGroup: pulumi.Input<string> | ResourceGroup;
  /**
   * The region of the record. Changing this replaces the resource.
   * @example "westeurope"
   */
  location: pulumi.Input<string>;
  /**
   * The name of the record: 1 to 260 letters, digits, hyphens and underscores. Changing this replaces the resource.
   * @default the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /**
   * Labels of the record, at most 50. Changing this updates the record alone.
   * @default none
   * @example { environment: "production" }
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The text of a kubeconfig with cluster-admin rights on the cluster to attach; see {@link readKubeconfig}. Always kept as a
   * secret. Needed unless `agents.install` is `false` or the cluster is adopted: without it an adopted
   * cluster's record can be changed, and its agents cannot. New credentials for the same cluster change nothing else; a kubeconfig that
   * points at another cluster is refused.
   * @default none
   */
  kubeconfig?: pulumi.Input<string>;
  /**
   * The context of the kubeconfig to use.
   * @default its current context
   */
  context?: pulumi.Input<string>;
  /**
   * How the agents get onto the cluster.
   * @default they are installed
   */
  agents?: pulumi.Input<AgentsArgs>;
  /**
   * How the agents are kept up to date.
   * @default { agentAutoUpgrade: "Enabled" }
   */
  arcAgentProfile?: pulumi.Input<ArcAgentProfileArgs>;
  /**
   * The Kubernetes distribution, such as `k3s` or `eks`. Changing this updates in place.
   * @default detected while attaching
   */
  distribution?: pulumi.Input<string>;
  /**
   * The version of the distribution, free text. Changing this updates in place.
   * @default none
   */
  distributionVersion?: pulumi.Input<string>;
  /**
   * Where the cluster runs, such as `aws` or `vsphere`. Changing this updates in place.
   * @default detected while attaching
   */
  infrastructure?: pulumi.Input<string>;
  /**
   * Whether the Azure Hybrid Benefit applies. Changing this updates in place.
   * @default "NotApplicable"
   */
  azureHybridBenefit?: pulumi.Input<"True" | "False" | "NotApplicable">;
}

/**
 * A Kubernetes cluster, anywhere, attached to the control plane. Installs the agents with Helm, and is done when the cluster is
 * `Connected`; destroying it removes the agents and the record.
 *
 * @example
 * const east = new ConnectedCluster("east", {
 *   resourceGroup: "fleet",
 *   location: "westeurope",
 *   kubeconfig: readKubeconfig("./east.kubeconfig"),
 * });
 * export const status = east.connectivityStatus;
 */
export class ConnectedCluster extends ArcfleetResource {
  /** The name of the record. */
  declare readonly name: pulumi.Output<string>;
  declare readonly resourceGroup: pulumi.Output<string>;
  declare readonly location: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<Record<string, string> | undefined>;
  /** `Connecting`, `Connected`, `Offline`, `Expired` or `AgentNotInstalled`. */
  declare readonly connectivityStatus: pulumi.Output<string>;
  declare readonly provisioningState: pulumi.Output<string>;
  /** Given or detected. */
  declare readonly distribution: pulumi.Output<string | undefined>;
  /** Given or detected. */
  declare readonly infrastructure: pulumi.Output<string | undefined>;
  /** The version of the cluster's API server. */
  declare readonly kubernetesVersion: pulumi.Output<string | undefined>;
  declare readonly totalNodeCount: pulumi.Output<number | undefined>;
  declare readonly totalCoreCount: pulumi.Output<number | undefined>;
  declare readonly agentVersion: pulumi.Output<string | undefined>;
  /** The object id of the cluster's own identity, for role assignments. */
  declare readonly principalId: pulumi.Output<string>;
  /** The UID of the namespace `kube-system`: tells clusters apart whatever their address is. */
  declare readonly clusterUid: pulumi.Output<string | undefined>;

  /** Looks up a cluster that this program does not manage, by its ARM id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ConnectedCluster {
    return new ConnectedCluster(name, undefined, { ...options, id });
  }

  constructor(name: string, args: ConnectedClusterArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: ConnectedClusterArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super(
      { key: "connectedCluster", outputs, secrets: ["kubeconfig"] },
      name,
      args && { ...args, resourceGroup: groupName(args.resourceGroup) },
      options,
    );
  }
}

const outputs = [
  "name",
  "resourceGroup",
  "location",
  "tags",
  "connectivityStatus",
  "provisioningState",
  "distribution",
  "infrastructure",
  "kubernetesVersion",
  "totalNodeCount",
  "totalCoreCount",
  "agentVersion",
  "principalId",
  "clusterUid",
] as const;
