import * as pulumi from "@pulumi/pulumi";
import type { ResourceGroup } from "./resource-group.ts";

/** The name of a group that is given as such or as the resource. The resource brings the order with it: the group comes first. */
export const groupName = (group: pulumi.Input<string> | ResourceGroup): pulumi.Input<string> =>
  pulumi.Resource.isInstance(group) ? group.name : group;

/** The same, known only when the group exists: what is looked up in a group that is yet to be made has to wait for it. */
export const existingGroupName = (group: pulumi.Input<string> | ResourceGroup): pulumi.Input<string> =>
  pulumi.Resource.isInstance(group) ? pulumi.all([group.name, group.id]).apply(([name]) => name) : group;

/** The id of what is given as such or as the resource. */
export const idOf = (resource: pulumi.Input<string> | pulumi.CustomResource): pulumi.Input<string> =>
  pulumi.Resource.isInstance(resource) ? resource.id : resource;
