import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";

export interface ResourceGroupArgs extends AdoptArgs {
  /**
   * The name of the group: 1 to 90 letters, digits, `.`, `-`, `_`, `(` and `)`, not ending with `.`. Changing this replaces the
   * group and everything in it.
   * @default the name of the Pulumi resource
   */
  name?: pulumi.Input<string>;
  /**
   * The region of the group's own record; what is in it may be elsewhere. Changing this replaces the group and everything in it.
   * @example "westeurope"
   */
  location: pulumi.Input<string>;
  /**
   * Labels of the group, at most 50; what is in it does not inherit them. Changing this updates in place.
   * @default none
   * @example { team: "platform" }
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The folder of resources that are managed, and deleted, together. Optional: a cluster makes the group it names when it is
 * missing, but nobody deletes that one. Deleting a declared group deletes what is in it. A group that exists and holds something
 * is refused, never taken over.
 *
 * @example
 * const fleet = new ResourceGroup("fleet", { location: "westeurope", tags: { team: "platform" } });
 * const east = new ConnectedCluster("east", {
 *   resourceGroup: fleet,
 *   location: "westeurope",
 *   kubeconfig: readKubeconfig("./east.kubeconfig"),
 * });
 */
export class ResourceGroup extends ArcfleetResource {
  /** The name of the group. */
  declare readonly name: pulumi.Output<string>;
  declare readonly location: pulumi.Output<string>;
  declare readonly tags: pulumi.Output<Record<string, string> | undefined>;
  /** `Succeeded`, or `Deleting` while it is being emptied. */
  declare readonly provisioningState: pulumi.Output<string>;
  /** Only a group is a group, whatever else has a name and a location. */
  declare protected readonly isResourceGroup: true;

  /**
   * Looks up a group that this program does not manage, by its ARM id.
   * @example ResourceGroup.get("shared", "/subscriptions/…/resourceGroups/shared")
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): ResourceGroup {
    return new ResourceGroup(name, undefined, { ...options, id });
  }

  constructor(name: string, args: ResourceGroupArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: ResourceGroupArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super({ key: "resourceGroup", outputs, secrets: [] }, name, args && { ...args }, options);
  }
}

const outputs = ["name", "location", "tags", "provisioningState"] as const;
