import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import type { ConnectedCluster } from "./connected-cluster.ts";

/** An extension that acts on the whole cluster. */
export interface ClusterScopeArgs {
  /**
   * The namespace of the Helm release.
   * @default that of the type
   */
  releaseNamespace?: pulumi.Input<string>;
}

/** An extension that acts in one namespace only. */
export interface NamespaceScopeArgs {
  /** The namespace that it acts in. */
  targetNamespace: pulumi.Input<string>;
}

/** Where an extension may act: exactly one of the two is given. */
export type ExtensionScopeArgs =
  | {
      /**
       * Cluster-wide.
       * @default not cluster-wide
       */
      cluster: pulumi.Input<ClusterScopeArgs>;
      namespace?: never;
    }
  | {
      /**
       * In one namespace only.
       * @default not limited to a namespace
       */
      namespace: pulumi.Input<NamespaceScopeArgs>;
      cluster?: never;
    };

/** An extension whose version is pinned: it does not follow new ones. */
interface PinnedArgs {
  /**
   * Pins the version of the chart. Changing this upgrades in place.
   * @default the newest of the release train
   * @example "1.24.1"
   */
  version?: pulumi.Input<string>;
  /**
   * Whether new versions of the train are followed. Must not be `true` together with `version`. Changing this updates in place.
   * @default true without `version`, false with it
   */
  autoUpgradeMinorVersion?: pulumi.Input<false>;
}

/** An extension that follows its release train, or stays at what it found there. */
interface FollowingArgs {
  version?: undefined;
  /**
   * Whether new versions of the train are followed. Must not be `true` together with `version`. Changing this updates in place.
   * @default true without `version`, false with it
   */
  autoUpgradeMinorVersion?: pulumi.Input<boolean>;
}

interface ExtensionCommonArgs extends AdoptArgs {
  /** The cluster that the extension is kept installed on. Changing this replaces the resource. */
  cluster: ConnectedCluster;
  /**
   * The name of the extension on its cluster. Changing this replaces the resource.
   * @default the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /**
   * The type in the catalogue. Changing this replaces the resource.
   * @example "microsoft.flux"
   */
  extensionType: pulumi.Input<string>;
  /**
   * The train that versions are taken from. Changing this updates in place.
   * @default "Stable"
   */
  releaseTrain?: pulumi.Input<string>;
  /**
   * Which new versions are followed, in the words of newer api-versions: `none` stays where it is, whatever `autoUpgradeMinorVersion`
   * says; the others go by that. Changing this updates in place.
   * @default "compatible"
   */
  autoUpgradeMode?: pulumi.Input<"none" | "patch" | "compatible">;
  /**
   * Where the extension may act. Changing this replaces the resource.
   * @default cluster-wide, in the namespace of the type
   */
  scope?: pulumi.Input<ExtensionScopeArgs>;
  /**
   * Helm values as flat dotted paths. Changing this upgrades in place.
   * @default none
   * @example { "helm-controller.enabled": "false" }
   */
  configurationSettings?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Helm values that are secret: encrypted in the state and in the control plane, handed to the cluster alone. Changing this
   * upgrades in place.
   * @default none
   */
  configurationProtectedSettings?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Either `version` pins the extension, or `autoUpgradeMinorVersion` may be `true`: not both. */
export type ExtensionArgs = ExtensionCommonArgs & (PinnedArgs | FollowingArgs);

/**
 * A Helm chart from the catalogue, kept installed on a cluster. Done when its release is deployed there.
 *
 * @example
 * const flux = new Extension("flux", { cluster: east, extensionType: "microsoft.flux" });
 */
export class Extension extends ArcfleetResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly extensionType: pulumi.Output<string>;
  /** `Succeeded` when the release is deployed in the cluster. */
  declare readonly provisioningState: pulumi.Output<string>;
  /** The version that is installed. */
  declare readonly currentVersion: pulumi.Output<string | undefined>;
  /** The object id of the extension's own identity, for role assignments. */
  declare readonly principalId: pulumi.Output<string>;

  /** Looks up an extension that this program does not manage, by its ARM id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): Extension {
    return new Extension(name, undefined, { ...options, id });
  }

  constructor(name: string, args: ExtensionArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: ExtensionArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super(
      { key: "extension", outputs, secrets: ["configurationProtectedSettings"] },
      name,
      args && { ...args, cluster: args.cluster.id },
      options,
    );
  }
}

const outputs = ["name", "extensionType", "provisioningState", "currentVersion", "principalId"] as const;
