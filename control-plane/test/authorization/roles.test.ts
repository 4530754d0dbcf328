import { describe, expect, test } from "@jest/globals";
import { builtInRoles, findBuiltInRole } from "../../src/authorization/built-in-roles.ts";
import { roleAllows, roleAllowsData, scopeIncludes, scopeKey } from "../../src/authorization/permits.ts";

const clusters = "Microsoft.Kubernetes/connectedClusters";
const extensions = "Microsoft.KubernetesConfiguration/extensions";
const fluxes = "Microsoft.KubernetesConfiguration/fluxConfigurations";

describe("what the built-in roles allow", () => {
  test.each([
    ["owner", `${clusters}/delete`, true],
    ["owner", "Microsoft.Authorization/roleAssignments/write", true],
    ["contributor", `${clusters}/write`, true],
    ["contributor", "microsoft.authorization/roleassignments/WRITE", false],
    ["contributor", "Microsoft.Authorization/roleAssignments/read", true],
    ["reader", `${fluxes}/read`, true],
    ["reader", `${fluxes}/write`, false],
    ["reader", `${clusters}/listClusterUserCredential/action`, false],
    ["userAccessAdministrator", "Microsoft.Authorization/roleAssignments/write", true],
    ["userAccessAdministrator", `${clusters}/write`, false],
    ["roleBasedAccessControlAdministrator", "Microsoft.Authorization/roleAssignments/write", true],
    ["roleBasedAccessControlAdministrator", "Microsoft.Authorization/roleDefinitions/write", false],
    ["roleBasedAccessControlAdministrator", `${clusters}/write`, false],
    ["onboarding", `${clusters}/write`, true],
    ["onboarding", `${clusters}/read`, true],
    ["onboarding", `${clusters}/delete`, false],
    ["onboarding", `${clusters}/listClusterUserCredential/action`, false],
    ["onboarding", `${extensions}/delete`, true],
    ["onboarding", `${fluxes}/write`, false],
    ["onboarding", "Microsoft.Resources/subscriptions/resourceGroups/read", true],
    ["onboarding", "Microsoft.Resources/subscriptions/resourceGroups/write", false],
    ["extensionContributor", `${extensions}/write`, true],
    ["extensionContributor", `${clusters}/read`, false],
    ["clusterUser", `${clusters}/listClusterUserCredential/action`, true],
    ["clusterUser", `${clusters}/read`, false],
    ["kubernetesClusterAdmin", `${clusters}/read`, false],
    ["checkAccessReader", "Microsoft.Authorization/roleAssignments/read", true],
  ] as const)("%s, %s: %s", (role, action, isAllowed) => {
    expect(roleAllows(builtInRoles[role], action)).toBe(isAllowed);
  });

  test.each([
    ["kubernetesClusterAdmin", "nodes/delete", true],
    ["kubernetesAdmin", "rbac.authorization.k8s.io/roles/write", true],
    ["kubernetesAdmin", "nodes/delete", false],
    ["kubernetesWriter", "secrets/write", true],
    ["kubernetesWriter", "rbac.authorization.k8s.io/roles/write", false],
    ["kubernetesViewer", "pods/read", true],
    ["kubernetesViewer", "pods/write", false],
    ["kubernetesViewer", "secrets/read", false],
    ["owner", "pods/read", false],
  ] as const)("in a cluster: %s, %s: %s", (role, action, isAllowed) => {
    expect(roleAllowsData(builtInRoles[role], `${clusters}/${action}`)).toBe(isAllowed);
  });

  test("roles are found by Azure's ids in any case, and all ids differ", () => {
    expect(findBuiltInRole("34E09817-6cbe-4d01-b1a2-e0eac5743d41")?.roleName).toBe(
      "Kubernetes Cluster - Azure Arc Onboarding",
    );
    const ids = Object.values(builtInRoles).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("scopes", () => {
  test.each([
    ["/subscriptions/S", "/subscriptions/s/resourceGroups/g", true],
    ["/subscriptions/s/", "/subscriptions/s", true],
    ["/subscriptions/s/resourceGroups/g", "/subscriptions/s", false],
    ["/subscriptions/s/resourceGroups/g", "/subscriptions/s/resourceGroups/group", false],
    ["/", "/subscriptions/s", true],
  ])("a role at %s reaches %s: %s", (granted, wanted, isIncluded) => {
    expect(scopeIncludes(scopeKey(granted), scopeKey(wanted))).toBe(isIncluded);
  });
});
