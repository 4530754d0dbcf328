/**
 * Which built-in roles allow which calls, written down by hand from what each role is for: not worked out from the roles' actions, which
 * is what the test next to it holds against this. A name that ends in `*` stands for all that begin so; the longest one counts.
 *
 * Who adds a call adds it here: who needs it to do the job that the role is named after? When in doubt, only `owner` and `contributor`.
 */
import type { builtInRoles } from "../../src/authorization/built-in-roles.ts";

export type RoleName = keyof typeof builtInRoles;

export interface Rule {
  /** `everyone`: whoever has a token, also without a role. `nobody`: no role opens it; it is for agents. */
  readonly who: readonly RoleName[] | "everyone" | "nobody";
  /** A list that shows what the caller may read, so that a role further down opens it as well. */
  readonly alsoFromBelow?: true;
}

const administrators = ["owner", "contributor"] as const;
const readers = [
  ...administrators,
  "reader",
  "userAccessAdministrator",
  "roleBasedAccessControlAdministrator",
] as const;
const assigners = ["owner", "userAccessAdministrator", "roleBasedAccessControlAdministrator"] as const;
const inClusters = ["kubernetesAdmin", "kubernetesClusterAdmin", "kubernetesWriter", "kubernetesViewer"] as const;
/** All that are for working with clusters, rather than for the cluster's own identity. */
const people = [...readers, "onboarding", "extensionContributor", "clusterUser", ...inClusters] as const;
const all = [...people, "checkAccessReader"] as const;

export const rules: Readonly<Record<string, Rule>> = {
  ConnectedCluster_Get: { who: [...readers, "onboarding"] },
  "ConnectedCluster_List*": { who: [...readers, "onboarding"], alsoFromBelow: true },
  "ConnectedCluster_ListClusterUserCredential*": { who: [...administrators, "clusterUser"] },
  OperationStatus_List: { who: readers },
  ConnectedCluster_Create: { who: [...administrators, "onboarding"] },
  ConnectedCluster_Update: { who: [...administrators, "onboarding"] },
  ConnectedCluster_Delete: { who: administrators },

  "Extensions_Get*": { who: [...readers, "onboarding", "extensionContributor"] },
  Extensions_List: { who: [...readers, "onboarding", "extensionContributor"] },
  Extensions_Create: { who: [...administrators, "onboarding", "extensionContributor"] },
  Extensions_Update: { who: [...administrators, "onboarding", "extensionContributor"] },
  Extensions_Delete: { who: [...administrators, "onboarding", "extensionContributor"] },

  "FluxConfigurations_Get*": { who: readers },
  FluxConfigurations_List: { who: readers },
  FluxConfigurations_CreateOrUpdate: { who: administrators },
  FluxConfigurations_Update: { who: administrators },
  FluxConfigurations_Delete: { who: administrators },

  "SourceControlConfigurations_Get*": { who: readers },
  SourceControlConfigurations_List: { who: readers },
  SourceControlConfigurations_CreateOrUpdate: { who: administrators },
  SourceControlConfigurations_Update: { who: administrators },
  SourceControlConfigurations_Delete: { who: administrators },

  OwnExtensionTypes_Get: { who: readers },
  "OwnExtensionTypes_List*": { who: readers, alsoFromBelow: true },
  OwnExtensionTypes_CreateOrUpdate: { who: administrators },
  OwnExtensionTypes_Update: { who: administrators },
  OwnExtensionTypes_Delete: { who: administrators },
  OwnExtensionTypes_GetChart: { who: administrators },
  OwnExtensionTypes_UploadChart: { who: administrators },
  "ExtensionTypes_*": { who: readers },

  // These know no scope before they know the operation: whoever may not read it is told that there is none.
  "OperationStatuses_*": { who: "everyone" },
  "OperationResults_*": { who: "everyone" },

  // Whoever has a token may ask; what the answer holds is what their roles let them read (resource-graph/permissions.test.ts).
  Resources: { who: "everyone" },

  ResourceGroups_Get: { who: people },
  ResourceGroups_CheckExistence: { who: people },
  ResourceGroups_List: { who: people, alsoFromBelow: true },
  ResourceGroups_CreateOrUpdate: { who: administrators },
  ResourceGroups_Update: { who: administrators },
  ResourceGroups_Delete: { who: administrators },
  ResourceGroups_MoveResources: { who: administrators },
  ResourceGroups_ValidateMoveResources: { who: administrators },
  ResourceGroups_ExportTemplate: { who: administrators },
  "Resources_List*": { who: readers, alsoFromBelow: true },
  "Tags_Get*": { who: readers },
  "Tags_CreateOrUpdate*": { who: administrators },
  "Tags_Update*": { who: administrators },
  "Tags_Delete*": { who: administrators },

  CustomLocations_Get: { who: readers },
  CustomLocations_ListEnabledResourceTypes: { who: readers },
  "CustomLocations_ListBy*": { who: readers, alsoFromBelow: true },
  "CustomLocations_*": { who: administrators },
  ResourceSyncRules_ListByCustomLocationID: { who: readers },
  ResourceSyncRules_Get: { who: readers },
  "ResourceSyncRules_*": { who: administrators },
  ActivityLogs_List: { who: readers },
  // "Resources/deployments/*" is the extension contributor's; "deployments/write" alone is what the other Arc roles have.
  Deployments_Get: { who: [...readers, "extensionContributor"] },
  Deployments_CheckExistence: { who: [...readers, "extensionContributor"] },
  Deployments_ListByResourceGroup: { who: [...readers, "extensionContributor"] },
  "DeploymentOperations_*": { who: [...readers, "extensionContributor"] },
  Deployments_CreateOrUpdate: {
    who: [...administrators, "extensionContributor", "onboarding", "clusterUser", ...inClusters],
  },
  "Deployments_*": { who: [...administrators, "extensionContributor"] },

  Subscriptions_Get: { who: all, alsoFromBelow: true },
  Subscriptions_List: { who: "everyone" },
  Subscriptions_ListLocations: { who: "everyone" },
  Tenants_List: { who: "everyone" },
  "Providers_*": { who: "everyone" },
  "Providers_RegisterKubernetes*": { who: administrators },
  Providers_RegisterExtendedLocation: { who: administrators },
  Providers_RegisterCatalogue: { who: administrators },
  "Providers_UnregisterKubernetes*": { who: administrators },
  Providers_UnregisterExtendedLocation: { who: administrators },
  Providers_UnregisterCatalogue: { who: administrators },
  "Operations_List*": { who: "everyone" },
  Metadata_Endpoints: { who: "everyone" },

  "RoleAssignments_Get*": { who: all },
  "RoleAssignments_List*": { who: all },
  "RoleAssignments_Create*": { who: assigners },
  "RoleAssignments_Delete*": { who: assigners },
  "RoleDefinitions_Get*": { who: all },
  "RoleDefinitions_List*": { who: all },
  RoleDefinitions_GetForTenant: { who: "everyone" },
  RoleDefinitions_ListForTenant: { who: "everyone" },
  "RoleDefinitions_CreateOrUpdate*": { who: ["owner", "userAccessAdministrator"] },
  "RoleDefinitions_Delete*": { who: ["owner", "userAccessAdministrator"] },
  "DenyAssignments_*": { who: all },
  "Permissions_List*": { who: "everyone" },
  "CheckAccess_Post*": { who: all },

  // Who can sign in decides who may do what: only those change it who may give anybody any role.
  Users_Get: { who: readers },
  Users_List: { who: readers },
  "Users_*": { who: ["owner"] },
  Principals_Get: { who: readers },
  "Principals_List*": { who: readers },
  "Principals_*": { who: ["owner"] },
  DirectoryGraph_Me: { who: "everyone" },
  "DirectoryGraph_*": { who: readers },
  SigningKeys_List: { who: readers },
  SigningKeys_Rotate: { who: ["owner"] },

  "Tokens_*": { who: "everyone" },
  "SignIn_*": { who: "everyone" },
  Agents_RequestCertificate: { who: "everyone" },
  "Agents_*": { who: "nobody" },
  HelmSettings_Get: { who: [...readers, "onboarding"] },
  HelmSettings_GetLatestPackagePath: { who: "everyone" },
  HelmSettings_HealthCheck: { who: "everyone" },
  Service_Metrics: { who: [...readers, "onboarding", "clusterUser", ...inClusters] },
  "Service_*": { who: "everyone" },
  "Registry_*": { who: "everyone" },
};

/** The rule for a call: of those that fit, the one that says most. */
export function ruleFor(operationId: string): Rule | undefined {
  const fits = Object.keys(rules).filter((name) =>
    name.endsWith("*") ? operationId.startsWith(name.slice(0, -1)) : operationId === name,
  );
  const [most] = fits.sort((a, b) => b.length - a.length);
  return most === undefined ? undefined : rules[most];
}
