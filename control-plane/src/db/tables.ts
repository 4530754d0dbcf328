import type { ActivityLogTable } from "./activity-tables.ts";
import type { DeploymentsTable } from "./deployment-tables.ts";
import type { ExtensionChartsTable, ExtensionTypesTable, ExtensionUsesTable } from "./extension-type-tables.ts";
import type {
  ApplicationCredentialsTable,
  ApplicationsTable,
  InstallationTable,
  RoleAssignmentsTable,
  RoleDefinitionsTable,
  SigningKeysTable,
  UsedProofsTable,
} from "./identity-tables.ts";
import type { LeasesTable } from "./lease-table.ts";
import type {
  AuthorizationCodesTable,
  BrowserSessionsTable,
  DeviceCodesTable,
  RefreshTokensTable,
  UsersTable,
} from "./people-tables.ts";
import type {
  ClusterStatusTable,
  CustomLocationsTable,
  OperationsTable,
  ProviderRegistrationsTable,
  ResourceGroupsTable,
  ResourcesTable,
  ResourceTagsTable,
  RetiredClustersTable,
  SubscriptionTagsTable,
} from "./resource-tables.ts";
import type {
  AuthoritiesTable,
  DataEncryptionKeysTable,
  ServerCertificatesTable,
  StoreStateTable,
} from "./vault-tables.ts";

/** The whole schema, composed from one file for each part. */
export interface Tables {
  resource_groups: ResourceGroupsTable;
  resources: ResourcesTable;
  resource_tags: ResourceTagsTable;
  operations: OperationsTable;
  provider_registrations: ProviderRegistrationsTable;
  cluster_status: ClusterStatusTable;
  retired_clusters: RetiredClustersTable;
  subscription_tags: SubscriptionTagsTable;
  custom_locations: CustomLocationsTable;
  activity_log: ActivityLogTable;
  deployments: DeploymentsTable;
  leases: LeasesTable;
  installation: InstallationTable;
  applications: ApplicationsTable;
  application_credentials: ApplicationCredentialsTable;
  signing_keys: SigningKeysTable;
  used_proofs: UsedProofsTable;
  role_assignments: RoleAssignmentsTable;
  role_definitions: RoleDefinitionsTable;
  users: UsersTable;
  browser_sessions: BrowserSessionsTable;
  authorization_codes: AuthorizationCodesTable;
  device_codes: DeviceCodesTable;
  refresh_tokens: RefreshTokensTable;
  extension_types: ExtensionTypesTable;
  extension_charts: ExtensionChartsTable;
  extension_uses: ExtensionUsesTable;
  data_encryption_keys: DataEncryptionKeysTable;
  authorities: AuthoritiesTable;
  server_certificates: ServerCertificatesTable;
  store_state: StoreStateTable;
}
