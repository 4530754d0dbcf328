import type { Generated } from "kysely";

/** One row a fact about this installation: tenant, subscription, the first Owner. */
export interface InstallationTable {
  name: string;
  value: string;
}

/** Whoever can ask for tokens: applications of people and pipelines, and the managed identities of clusters and extensions. */
export interface ApplicationsTable {
  /** `client_id`. */
  app_id: string;
  /** The object id that roles are assigned to. */
  principal_id: string;
  kind: "Application" | "ManagedIdentity";
  name: string;
  /** The lower-case ARM id that a managed identity belongs to, and the same as it was written. */
  resource_key: string | null;
  resource_id: string | null;
  created_at: string;
  /** The lower-case name of an application; null for managed identities, which are found by their resource. */
  name_key: string | null;
  /** JSON: where people who sign in through the application may be sent back to. */
  redirect_uris: Generated<string>;
  /** 1: runs on people's machines and keeps no secret. */
  is_public_client: Generated<number>;
}

/** How an application proves itself. Any of its credentials will do. */
export interface ApplicationCredentialsTable {
  credential_id: string;
  app_id: string;
  kind: "secret" | "certificate" | "federated";
  /** secret: the scrypt hash. certificate: PEM. federated: JSON of issuer, subject and audience. */
  value: string;
  /** Finds a certificate: its SHA-256 thumbprint, hex. */
  thumbprint: string | null;
  /** The SHA-1 thumbprint, hex: what one command-line client sends instead. */
  thumbprint_sha1: string | null;
  created_at: string;
  expires_at: string | null;
  /** What people call it. */
  description: string | null;
}

/** Keys that sign access tokens. */
export interface SigningKeysTable {
  kid: string;
  /** JSON of the public JWK. */
  public_jwk: string;
  /** Sealed JSON of the private JWK. */
  private_jwk: string;
  /** From when the key signs. It is published from its creation on, so that no verifier meets a token with an unknown key. */
  active_from: string;
  created_at: string;
}

/** Proofs that were accepted, until they would expire anyway: none is accepted twice. */
export interface UsedProofsTable {
  jti: string;
  expires_at: string;
}

export interface RoleAssignmentsTable {
  /** The lower-case id. */
  key: string;
  id: string;
  /** The last segment of the id, a GUID. */
  name: string;
  /** The scope as it was written, and in lower case without a trailing slash. */
  scope: string;
  scope_key: string;
  /** The GUID of the role definition, lower case. */
  role: string;
  principal_id: string;
  principal_type: string;
  created_at: string;
  created_by: string;
  /** What the assignment is for, in the words of whoever made it. */
  description: string | null;
  /** Null where the row is older than these columns. */
  updated_at: string | null;
  updated_by: string | null;
}

/** Roles that users define. */
export interface RoleDefinitionsTable {
  /** A GUID, lower case. */
  id: string;
  role_name: string;
  /** The name in lower case: no two roles are told apart by case alone. */
  name_key: string;
  description: string;
  /** JSON: actions, notActions, dataActions, notDataActions. */
  permissions: string;
  /** JSON: the ids where the role may be assigned. */
  assignable_scopes: string;
  created_at: string;
  created_by: string;
  updated_at: string;
  updated_by: string;
}
