/** Who calls, as the token says. */
export interface Caller {
  readonly principalId: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly kind: "Application" | "ManagedIdentity" | "User";
  readonly name: string;
  /** The ARM id (as created) that a managed identity belongs to. */
  readonly resourceId?: string;
  /** The object ids of the groups that the token says the caller is in; their roles are the caller's as well. */
  readonly groups?: readonly string[];
  /** Of the token of an application of ours, for what outlives the request that it came with. */
  readonly token?: TokenFacts;
}

export interface TokenFacts {
  /** The key that signed it. */
  readonly keyId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}
