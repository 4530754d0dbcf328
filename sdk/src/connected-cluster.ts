import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import { type KubeconfigSource, kubeconfigOutput } from "./kubeconfig.ts";
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
  /**
   * Versions of system extensions. Kept with the record, for other clients: these agents have no parts with versions of their own.
   * @default none
   */
  systemComponents?: pulumi.Input<pulumi.Input<SystemComponentArgs>[]>;
}

/** The version of a system extension. */
export interface SystemComponentArgs {
  /** Which one. */
  type: pulumi.Input<string>;
  /** The version that is wanted. @default the newest */
  userSpecifiedVersion?: pulumi.Input<string>;
  /** The major version that is wanted. @default the newest */
  majorVersion?: pulumi.Input<number>;
}

/** Microsoft Entra settings of the cluster. Kept with the record, for other clients; the agents of this release do not act on them. */
export interface AadProfileArgs {
  /**
   * Whether the roles of the control plane are asked about rights inside the cluster.
   * @default false
   */
  enableAzureRBAC?: pulumi.Input<boolean>;
  /**
   * Object ids of the groups whose members are administrators of the cluster.
   * @default none
   */
  adminGroupObjectIDs?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The tenant that signs in to the cluster.
   * @default that of the control plane
   */
  tenantID?: pulumi.Input<string>;
}

/** Security settings of the cluster. Kept with the record, for other clients; the agents of this release do not act on them. */
export interface SecurityProfileArgs {
  /**
   * Whether pods may get tokens of other identities.
   * @default none
   */
  workloadIdentity?: pulumi.Input<WorkloadIdentityArgs>;
}

/** Tokens of other identities for pods. */
export interface WorkloadIdentityArgs {
  /** Whether pods may get them. */
  enabled: pulumi.Input<boolean>;
}

/** The issuer of service account tokens. Kept with the record, for other clients; the agents of this release do not act on it. */
export interface OidcIssuerProfileArgs {
  /** Whether the cluster's issuer is published. */
  enabled: pulumi.Input<boolean>;
  /**
   * Where an issuer of your own publishes its keys.
   * @default none
   */
  selfHostedIssuerUrl?: pulumi.Input<string>;
}

/** The gateway that the agents' traffic goes through. Kept with the record; the agents of this release do not act on it. */
export interface GatewayArgs {
  /** Whether it is used. */
  enabled: pulumi.Input<boolean>;
  /**
   * The ARM id of the gateway.
   * @default none
   */
  resourceId?: pulumi.Input<string>;
}

/** The settings of one agent feature. Kept with the record; the agents of this release do not act on them. */
export interface ArcAgentryConfigurationArgs {
  /**
   * The feature.
   * @example "proxy"
   */
  feature: pulumi.Input<string>;
  /**
   * Settings by name.
   * @default none
   * @example { http_proxy: "http://proxy.example.com:3128" }
   */
  settings?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Settings that are secret: encrypted in the state and in the control plane, never returned.
   * @default none
   */
  protectedSettings?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** What a {@link ConnectedCluster} is declared with. */
export interface ConnectedClusterArgs extends AdoptArgs {
  /**
   * The resource group of the record, by name or as the resource. One that is only named is made when it is missing, and stays
   * when the cluster goes. Changing this replaces the resource.
   */
  resourceGroup: pulumi.Input<string> | ResourceGroup;
  /**
   * The region of the record. Changing this replaces the resource: without `name` the cluster moves, which nothing that runs on it
   * notices (see docs/region-move.md); with `name` the old record goes first, and takes the agents and their extensions along.
   * @example "westeurope"
   */
  location: pulumi.Input<string>;
  /**
   * The name of the record: 1 to 260 letters, digits, hyphens and underscores. Changing this replaces the resource. A record cannot
   * change its region: one that moves gets another name, so leave this out if the cluster may move.
   * @default the name of the Pulumi resource; after a move `<name>-<region>-<count>`
   */
  name?: pulumi.Input<string>;
  /**
   * Labels of the record, at most 50. Changing this updates the record alone.
   * @default none
   * @example { environment: "production" }
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * A kubeconfig with cluster-admin rights on the cluster to attach: its text (see {@link readKubeconfig}, or the output of the
   * resource that made the cluster), a file that is read when it is needed ({@link KubeconfigFile}), the pod that Pulumi runs in
   * ({@link InClusterKubeconfig}), or an object as EKS gives it. Credential programs (`exec`) are run where Pulumi runs. See
   * docs/kubeconfig.md.
   *
   * Always kept as a secret. Needed unless `agents.install` is `false` or the cluster is adopted: without it an adopted cluster's
   * record can be changed, and its agents cannot. Another source or new credentials for the same cluster change nothing else; a
   * kubeconfig that points at another cluster is refused.
   * @default none
   * @example { path: "~/.kube/config", context: "east" }
   */
  kubeconfig?: pulumi.Input<string | KubeconfigSource>;
  /**
   * The context of the kubeconfig to use. Changing this changes nothing else, as long as it leads to the same cluster.
   * @default its current context
   */
  context?: pulumi.Input<string>;
  /**
   * How the agents get onto the cluster.
   * @default they are installed
   */
  agents?: pulumi.Input<AgentsArgs>;
  /**
   * How the agents are kept up to date. Changing this upgrades in place.
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
  /**
   * Whether the cluster is reached over a private link scope. Changing this updates in place.
   * @default "Disabled"
   */
  privateLinkState?: pulumi.Input<"Enabled" | "Disabled">;
  /**
   * The ARM id of that private link scope. Changing this updates in place.
   * @default none
   */
  privateLinkScopeResourceId?: pulumi.Input<string>;
  /**
   * Microsoft Entra settings of the cluster. Changing this updates in place.
   * @default none
   */
  aadProfile?: pulumi.Input<AadProfileArgs>;
  /**
   * Security settings of the cluster. Changing this updates in place.
   * @default none
   */
  securityProfile?: pulumi.Input<SecurityProfileArgs>;
  /**
   * The issuer of service account tokens. Changing this updates in place.
   * @default none
   */
  oidcIssuerProfile?: pulumi.Input<OidcIssuerProfileArgs>;
  /**
   * The gateway that the agents' traffic goes through. Changing this updates in place.
   * @default none
   */
  gateway?: pulumi.Input<GatewayArgs>;
  /**
   * Settings of agent features, one entry a feature. Kept as a secret, because some of them are. Changing this updates in place.
   * @default none
   */
  arcAgentryConfigurations?: pulumi.Input<pulumi.Input<ArcAgentryConfigurationArgs>[]>;
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
  /**
   * The kubeconfig that was given, as one text with the chosen context alone, and a secret: for `new k8s.Provider` of
   * `@pulumi/kubernetes`. It leads to the cluster directly, not through the control plane.
   *
   * Reading it fails when none was given (a record alone, a cluster that was adopted without one or looked up), because that takes
   * the tunnel through the control plane, which this release does not have. It is never `undefined`: a `k8s.Provider` would then
   * quietly use the kubeconfig of whoever runs Pulumi.
   */
  declare readonly kubeconfig: pulumi.Output<string>;
  /** `group/name` of the record that the cluster had before its last move to another region; none before the first. */
  declare readonly movedFrom: pulumi.Output<string | undefined>;

  /** Looks up a cluster that this program does not manage, by its ARM id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ConnectedCluster {
    return new ConnectedCluster(name, undefined, { ...options, id });
  }

  constructor(name: string, args: ConnectedClusterArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: ConnectedClusterArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super(
      { key: "connectedCluster", outputs, secrets: ["kubeconfig", "arcAgentryConfigurations"] },
      name,
      args && { ...args, resourceGroup: groupName(args.resourceGroup) },
      options,
    );
    const given: pulumi.Output<unknown> | undefined = this.kubeconfig;
    // Found out when it is read, and not listed among the properties: exporting the whole cluster must not show it, nor fail.
    Object.defineProperty(this, "kubeconfig", { get: () => kubeconfigOutput(name, given, args?.context) });
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
  "movedFrom",
] as const;
