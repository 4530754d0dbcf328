/** What a role allows: actions on resources, and data actions on what is inside a cluster. `not…` takes out again. */
export interface Permissions {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

export interface RoleDefinition extends Permissions {
  /** The GUID at the end of the role definition's id, lower case. */
  readonly id: string;
  readonly roleName: string;
  readonly description: string;
  /** Where a custom role may be assigned: there and below. Absent: the role is built in, and may be assigned everywhere. */
  readonly custom?: CustomPart;
}

export interface CustomPart {
  /** Ids of the subscription or of resource groups, as they were written. */
  readonly assignableScopes: readonly string[];
  readonly createdOn: string;
  readonly createdBy: string;
  readonly updatedOn: string;
  readonly updatedBy: string;
}
