import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import type { ConnectedCluster } from "./connected-cluster.ts";
import { withDependencies } from "./dependencies.ts";
import type { Extension } from "./extension.ts";

export interface SourceControlConfigurationArgs extends AdoptArgs {
  /** The cluster that the repository is kept applied on. Changing this replaces the resource. */
  cluster: ConnectedCluster;
  /**
   * The `microsoft.flux` extension of that cluster: it must be there first, and go last.
   * @default none; say with `dependsOn` what must be there first
   */
  extension?: Extension;
  /**
   * 1 to 30 lower-case letters, digits and hyphens; no {@link FluxConfiguration} of the cluster may have it. Changing this replaces
   * the resource.
   * @default the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /**
   * Begins with `http://`, `https://`, `ssh://` or `git@`. Changing this updates in place.
   * @example "https://example.com/fleet.git"
   */
  repositoryUrl: pulumi.Input<string>;
  /**
   * Where the Flux objects live. Changing this replaces the resource.
   * @default "default"
   */
  operatorNamespace?: pulumi.Input<string>;
  /**
   * The name that the operator of Flux v1 had; it has no effect. Changing this replaces the resource.
   * @default none
   */
  operatorInstanceName?: pulumi.Input<string>;
  /**
   * The only operator there was. Changing this updates in place.
   * @default "Flux"
   */
  operatorType?: pulumi.Input<"Flux">;
  /**
   * The flags of the operator of Flux v1. Understood are `--git-branch` (default `master`), `--git-path` (several by commas),
   * `--git-poll-interval` (default `5m`) and `--sync-garbage-collection`; flags about what the operator wrote to the repository are
   * taken and ignored, others refused. Changing this updates in place.
   * @default none
   * @example "--git-branch=main --git-path=apps,infra"
   */
  operatorParams?: pulumi.Input<string>;
  /**
   * Whether the configuration may act on the whole cluster or only in `operatorNamespace`. Changing this replaces the resource.
   * @default "cluster"
   */
  operatorScope?: pulumi.Input<"cluster" | "namespace">;
  /**
   * Base64 values under `sshPrivateKey`, or under `httpsUser` and `httpsKey`: encrypted in the state and in the control plane, handed
   * to the cluster alone. Changing this updates in place.
   * @default none
   */
  configurationProtectedSettings?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * A known_hosts file in base64; only with ssh. Changing this updates in place.
   * @default none
   */
  sshKnownHostsContents?: pulumi.Input<string>;
  /**
   * The Helm operator of Flux v1 cannot be had any more: only `false` is taken. Changing this updates in place.
   * @default false
   */
  enableHelmOperator?: pulumi.Input<false>;
}

/**
 * What {@link FluxConfiguration} replaced, for programs that still have some: the same repository, kept applied by Flux v2. Declare new
 * ones as `FluxConfiguration`.
 *
 * @deprecated Use {@link FluxConfiguration}; docs/resources/source-control-configuration.md says how to move.
 *
 * @example
 * new SourceControlConfiguration("legacy", {
 *   cluster: east,
 *   extension: flux,
 *   repositoryUrl: "https://example.com/fleet.git",
 *   operatorParams: "--git-branch=main --git-path=apps",
 * });
 */
export class SourceControlConfiguration extends ArcfleetResource {
  declare readonly name: pulumi.Output<string>;
  /** `Succeeded` when the Flux objects are on the cluster. */
  declare readonly provisioningState: pulumi.Output<string>;
  /** The public half of the key that Flux made for ssh; add it to the repository as a deploy key. */
  declare readonly repositoryPublicKey: pulumi.Output<string | undefined>;

  /** Looks up a configuration that this program does not manage, by its ARM id. */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    options?: pulumi.CustomResourceOptions,
  ): SourceControlConfiguration {
    return new SourceControlConfiguration(name, undefined, { ...options, id });
  }

  constructor(name: string, args: SourceControlConfigurationArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(
    name: string,
    args: SourceControlConfigurationArgs | undefined,
    options: pulumi.CustomResourceOptions = {},
  ) {
    super(
      { key: "sourceControlConfiguration", outputs, secrets: ["configurationProtectedSettings"] },
      name,
      args && inputsOf(args),
      args?.extension === undefined
        ? options
        : { ...options, dependsOn: withDependencies(options.dependsOn, [args.extension]) },
    );
  }
}

const inputsOf = ({ cluster, extension: _, ...rest }: SourceControlConfigurationArgs) => ({
  ...rest,
  cluster: cluster.id,
});

const outputs = ["name", "provisioningState", "repositoryPublicKey"] as const;
