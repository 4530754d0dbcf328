import type { RoleDefinition } from "./role-definition.ts";

/**
 * Azure's built-in roles that concern Arc-enabled Kubernetes, with Azure's ids, so that scripts and templates that name them
 * work here. Data only: `permits.ts` reads it.
 */
const role = (
  id: string,
  roleName: string,
  description: string,
  grants: Partial<Pick<RoleDefinition, "actions" | "notActions" | "dataActions" | "notDataActions">>,
): RoleDefinition => ({
  id,
  roleName,
  description,
  actions: [],
  notActions: [],
  dataActions: [],
  notDataActions: [],
  ...grants,
});

/** What the Arc roles have in common: enough to deploy with templates and open support cases. */
const commonReads = [
  "Microsoft.Authorization/*/read",
  "Microsoft.Insights/alertRules/*",
  "Microsoft.Resources/deployments/write",
  "Microsoft.Resources/subscriptions/operationresults/read",
  "Microsoft.Resources/subscriptions/read",
  "Microsoft.Resources/subscriptions/resourceGroups/read",
  "Microsoft.Support/*",
];

const inCluster = (...actions: readonly string[]): string[] =>
  actions.map((action) => `Microsoft.Kubernetes/connectedClusters/${action}`);

const workloads = [
  "apps/daemonsets",
  "apps/deployments",
  "apps/replicasets",
  "apps/statefulsets",
  "autoscaling/horizontalpodautoscalers",
  "batch/cronjobs",
  "batch/jobs",
  "configmaps",
  "endpoints",
  "extensions/daemonsets",
  "extensions/deployments",
  "extensions/ingresses",
  "extensions/networkpolicies",
  "extensions/replicasets",
  "networking.k8s.io/ingresses",
  "networking.k8s.io/networkpolicies",
  "persistentvolumeclaims",
  "pods",
  "policy/poddisruptionbudgets",
  "replicationcontrollers",
  "serviceaccounts",
  "services",
];
const readOnlyKinds = [
  "apps/controllerrevisions",
  "events.k8s.io/events",
  "events",
  "limitranges",
  "namespaces",
  "resourcequotas",
];

const all = (kinds: readonly string[]): string[] => inCluster(...kinds.map((kind) => `${kind}/*`));
const reads = (kinds: readonly string[]): string[] => inCluster(...kinds.map((kind) => `${kind}/read`));

const writerDataActions = [...all([...workloads, "secrets"]), ...reads(readOnlyKinds)];

export const builtInRoles = {
  owner: role(
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "Owner",
    "Full access to all resources, including the right to assign roles.",
    { actions: ["*"] },
  ),
  contributor: role(
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "Contributor",
    "Full access to all resources, without the right to assign roles.",
    {
      actions: ["*"],
      notActions: [
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
      ],
    },
  ),
  reader: role("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", "Reads all resources.", { actions: ["*/read"] }),
  userAccessAdministrator: role(
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "User Access Administrator",
    "Manages who may do what.",
    { actions: ["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"] },
  ),
  roleBasedAccessControlAdministrator: role(
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
    "Role Based Access Control Administrator",
    "Assigns roles, without other ways to manage who may do what.",
    {
      actions: [
        "Microsoft.Authorization/roleAssignments/write",
        "Microsoft.Authorization/roleAssignments/delete",
        "*/read",
        "Microsoft.Support/*",
      ],
    },
  ),
  onboarding: role(
    "34e09817-6cbe-4d01-b1a2-e0eac5743d41",
    "Kubernetes Cluster - Azure Arc Onboarding",
    "Attaches clusters: makes and updates their records and extensions, without deleting clusters.",
    {
      actions: [
        ...commonReads,
        "Microsoft.Kubernetes/connectedClusters/Write",
        "Microsoft.Kubernetes/connectedClusters/read",
        "Microsoft.KubernetesConfiguration/extensions/write",
        "Microsoft.KubernetesConfiguration/extensions/read",
        "Microsoft.KubernetesConfiguration/extensions/delete",
        "Microsoft.KubernetesConfiguration/extensions/operations/read",
      ],
    },
  ),
  extensionContributor: role(
    "85cb6faf-e071-4c9b-8136-154b5a04f717",
    "Kubernetes Extension Contributor",
    "Installs, updates and removes extensions.",
    {
      actions: [
        "Microsoft.Authorization/*/read",
        "Microsoft.Insights/alertRules/*",
        "Microsoft.Resources/deployments/*",
        "Microsoft.Resources/subscriptions/resourceGroups/read",
        "Microsoft.KubernetesConfiguration/extensions/write",
        "Microsoft.KubernetesConfiguration/extensions/read",
        "Microsoft.KubernetesConfiguration/extensions/delete",
        "Microsoft.KubernetesConfiguration/extensions/operations/read",
      ],
    },
  ),
  clusterUser: role(
    "00493d72-78f6-4148-b6c5-d3ce8e4799dd",
    "Azure Arc Enabled Kubernetes Cluster User Role",
    "Lists the credentials with which people reach a cluster.",
    {
      actions: [...commonReads, ...inCluster("listClusterUserCredentials/action", "listClusterUserCredential/action")],
    },
  ),
  kubernetesAdmin: role(
    "dffb1e0c-446f-4dde-a09f-99eb5cc68b96",
    "Azure Arc Kubernetes Admin",
    "Manages all resources of a namespace, its roles and bindings included.",
    {
      actions: commonReads,
      dataActions: [
        ...writerDataActions,
        ...inCluster("authorization.k8s.io/localsubjectaccessreviews/write"),
        ...all(["rbac.authorization.k8s.io/rolebindings", "rbac.authorization.k8s.io/roles"]),
      ],
    },
  ),
  kubernetesClusterAdmin: role(
    "8393591c-06b9-48a2-a542-1bd6b377f6a2",
    "Azure Arc Kubernetes Cluster Admin",
    "Manages all resources of a cluster.",
    { actions: commonReads, dataActions: inCluster("*") },
  ),
  kubernetesWriter: role(
    "5b999177-9696-4545-85c7-50de3797e5a1",
    "Azure Arc Kubernetes Writer",
    "Changes everything in a namespace but roles and bindings.",
    { actions: commonReads, dataActions: writerDataActions },
  ),
  kubernetesViewer: role(
    "63f0a09d-1495-4db4-a681-037d84835eb4",
    "Azure Arc Kubernetes Viewer",
    "Reads most resources of a namespace, without secrets.",
    { actions: commonReads, dataActions: reads([...workloads, ...readOnlyKinds]) },
  ),
  checkAccessReader: role(
    "65a14201-8f6c-4c28-bec4-12619c5a9aaa",
    "Connected Cluster Managed Identity CheckAccess Reader",
    "Lets a cluster's identity ask what its users may do.",
    { actions: ["Microsoft.Authorization/*/read"] },
  ),
} as const satisfies Record<string, RoleDefinition>;

const index = (by: "id" | "roleName"): ReadonlyMap<string, RoleDefinition> =>
  new Map(Object.values(builtInRoles).map((definition) => [definition[by].toLowerCase(), definition]));
const indexes = { id: index("id"), roleName: index("roleName") };

/** Finds a built-in role by its GUID, or by its name. */
export const findBuiltInRole = (key: string, by: "id" | "roleName" = "id"): RoleDefinition | undefined =>
  indexes[by].get(key.toLowerCase());
