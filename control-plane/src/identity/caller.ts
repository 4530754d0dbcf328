/** Who calls, as the token says. */
export interface Caller {
  readonly principalId: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly kind: "Application" | "ManagedIdentity" | "User";
  readonly name: string;
  /** The ARM id (as created) that a managed identity belongs to. */
  readonly resourceId?: string;
}
