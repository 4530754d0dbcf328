import type { Tx } from "../db/store.ts";

/** The managed identity of a resource. */
export interface ManagedIdentity {
  readonly principalId: string;
  readonly appId: string;
}

/** The part of identity/ that the verbs need: an identity lives and dies in the transaction of its resource. */
export interface ManagedIdentities {
  ensureIdentity(tx: Tx, resourceId: string): Promise<ManagedIdentity>;
  removeIdentity(tx: Tx, resourceId: string): Promise<void>;
}
