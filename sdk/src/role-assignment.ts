import type * as pulumi from "@pulumi/pulumi";
import { type AdoptArgs, ArcfleetResource } from "./arcfleet-resource.ts";
import type { ConnectedCluster } from "./connected-cluster.ts";
import type { Extension } from "./extension.ts";
import type { ExtensionType } from "./extension-type.ts";
import type { FluxConfiguration } from "./flux-configuration.ts";
import { idOf } from "./references.ts";
import type { ResourceGroup } from "./resource-group.ts";

/** What a principal can be. The bundled control plane knows applications and managed identities: `ServicePrincipal`. */
export type PrincipalType = "User" | "Group" | "ServicePrincipal" | "ForeignGroup" | "Device";

export interface RoleAssignmentArgs extends AdoptArgs {
  /**
   * What the role is held on, with everything below it: a resource, or an id such as `/subscriptions/…` or
   * `/subscriptions/…/resourceGroups/fleet`. It must exist. Changing this replaces the resource.
   */
  scope: pulumi.Input<string> | ResourceGroup | ConnectedCluster | Extension | ExtensionType | FluxConfiguration;
  /**
   * The role: its name, its GUID or its id. A name is looked up when the assignment is made; one that does not exist is refused
   * with the names that come close. Changing this replaces the resource, also to another spelling of the same role.
   * @example "Kubernetes Cluster - Azure Arc Onboarding"
   */
  roleDefinition: pulumi.Input<string>;
  /**
   * The object id (not the client id) of whoever gets the role: an application, or the identity of a cluster
   * (`cluster.principalId`) or extension. Changing this replaces the resource.
   */
  principalId: pulumi.Input<string>;
  /**
   * What the principal is; refused when it is something else. Changing this replaces the resource.
   * @default whatever it is
   */
  principalType?: pulumi.Input<PrincipalType>;
  /**
   * The GUID that names the assignment. Changing this replaces the resource.
   * @default a GUID that follows from scope, role and principal, so that the same assignment has the same id in every run
   */
  name?: pulumi.Input<string>;
}

/**
 * A role held by a principal at a scope, and below it. Every change replaces it: an assignment is made or deleted, never changed.
 *
 * @example
 * new RoleAssignment("onboarding", {
 *   scope: fleet,
 *   roleDefinition: "Kubernetes Cluster - Azure Arc Onboarding",
 *   principalId: config.require("onboardingPrincipalId"),
 * });
 */
export class RoleAssignment extends ArcfleetResource {
  /** The GUID that names the assignment. */
  declare readonly name: pulumi.Output<string>;
  /** The id of what the role is held on. */
  declare readonly scope: pulumi.Output<string>;
  declare readonly principalId: pulumi.Output<string>;
  /** The id of the role. */
  declare readonly roleDefinitionId: pulumi.Output<string>;

  /**
   * Looks up an assignment that this program does not manage, by its ARM id.
   * @example RoleAssignment.get("owner", "/subscriptions/…/providers/Microsoft.Authorization/roleAssignments/…")
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, options?: pulumi.CustomResourceOptions): RoleAssignment {
    return new RoleAssignment(name, undefined, { ...options, id });
  }

  constructor(name: string, args: RoleAssignmentArgs, options?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, options: pulumi.CustomResourceOptions);
  constructor(name: string, args: RoleAssignmentArgs | undefined, options: pulumi.CustomResourceOptions = {}) {
    super(
      { key: "roleAssignment", outputs, secrets: [], nameFollows: true },
      name,
      args && { ...args, scope: idOf(args.scope) },
      options,
    );
  }
}

const outputs = ["name", "scope", "principalId", "roleDefinitionId"] as const;
