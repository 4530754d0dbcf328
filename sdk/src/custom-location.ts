import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import { groupName } from "./references.ts";
import type { ResourceGroup } from "./resource-group.ts";

export interface CustomLocationArgs extends AdoptArgs {
  /** The resource group of the record, which must exist: its name, or the resource. Changing this replaces the resource. */
  resourceGroup: pulumi.Input<string> | ResourceGroup;
  /**
   * 1 to 63 letters, digits, hyphens, underscores and dots. Changing this replaces the resource.
   * @default the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /**
   * The region of the record. Changing this replaces the resource.
   * @example "westeurope"
   */
  location: pulumi.Input<string>;
  /**
   * Labels of the record, at most 50. Changing this updates in place.
   * @default none
   * @example { team: "platform" }
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * What stands behind the location; there is but one kind. Changing this updates in place.
   * @default "Kubernetes"
   */
  hostType?: pulumi.Input<"Kubernetes">;
  /**
   * The id of the connected cluster. Changing this replaces the resource.
   * @example cluster.id
   */
  hostResourceId: pulumi.Input<string>;
  /**
   * The namespace of the cluster that the location stands for; a namespace has one location. Changing this replaces the resource.
   * @example "apps"
   */
  namespace: pulumi.Input<string>;
  /**
   * The ids of extensions of that cluster which offer something at the location. Changing this updates in place.
   * @default none
   */
  clusterExtensionIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * What people see. Changing this updates in place.
   * @default none
   */
  displayName?: pulumi.Input<string>;
}

/**
 * A namespace of a connected cluster as a named place, for tools that ask for one. The record alone: the namespace itself is made by
 * whatever is installed into it. The cluster and the extensions it names cannot be deleted before it.
 *
 * @example
 * new CustomLocation("shop-floor", {
 *   resourceGroup: "fleet",
 *   location: "westeurope",
 *   hostResourceId: east.id,
 *   namespace: "shop-floor",
 * });
 */
export class CustomLocation extends ArcfleetResource {
  declare readonly name: pulumi.Output<string>;
  declare readonly resourceGroup: pulumi.Output<string>;
  declare readonly location: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<Record<string, string> | undefined>;
  declare readonly hostResourceId: pulumi.Output<string>;
  declare readonly namespace: pulumi.Output<string>;
  declare readonly provisioningState: pulumi.Output<string>;

  /** Looks up a custom location that this program does not manage, by its ARM id. */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): CustomLocation {
    return new CustomLocation(name, undefined, { ...options, id });
  }

  constructor(name: string, args: CustomLocationArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: CustomLocationArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super(
      { key: "customLocation", outputs, secrets: [] },
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
  "hostResourceId",
  "namespace",
  "provisioningState",
] as const;
