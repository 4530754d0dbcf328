import { roleAssignment } from "@arcfleet/contract";
import { lifecycleOf, unknownValue } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";
import { assignmentName } from "../../src/role-assignment/assignment-name.ts";
import { closeTo } from "../../src/role-assignment/close-to.ts";

const scope = "/subscriptions/s/resourceGroups/fleet";
const role = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const principal = "6e2f1f9a-6c0f-4d2b-8d2a-0d9f3f1c5a10";

describe("the name of an assignment", () => {
  const name = assignmentName([scope, role, principal]);

  test("is a GUID that stays the same for good: it is part of ids that exist", () => {
    expect(name).toMatch(roleAssignment.name.pattern);
    expect(name).toBe("954579c4-a51b-8430-aea1-be24b4a31161");
  });

  test("does not depend on how ids are spelt", () => {
    const id = `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${role.toUpperCase()}`;
    expect(assignmentName([`${scope.toUpperCase()}/`, id, principal.toUpperCase()])).toBe(name);
  });

  test.each([
    [`${scope}-2`, role, principal],
    [scope, "Reader", principal],
    [scope, role, principal.replace("6", "7")],
  ])("is another one for another scope, role or principal", (...parts) => {
    expect(assignmentName(parts)).not.toBe(name);
  });
});

describe("check of an assignment", () => {
  const { check } = lifecycleOf("roleAssignment");
  const inputs = { scope, roleDefinition: "Reader", principalId: principal };

  test("completes the name, unless the program chose one", () => {
    expect(check(inputs, undefined, {}).inputs).toEqual({
      ...inputs,
      name: assignmentName([scope, "Reader", principal]),
    });
    expect(check({ ...inputs, name: role }, undefined, {})).toEqual({
      inputs: { ...inputs, name: role },
      failures: [],
    });
  });

  test("leaves the name open as long as the principal is not known", () => {
    const found = check({ ...inputs, principalId: unknownValue }, undefined, {});
    expect(found).toEqual({ inputs: { ...inputs, principalId: unknownValue, name: unknownValue }, failures: [] });
  });

  test("says what is missing", () => {
    expect(check({ scope, roleDefinition: "Reader" }, undefined, {}).failures).toMatchObject([
      { property: "name" },
      { property: "principalId" },
    ]);
  });
});

describe("names that come close", () => {
  const names = ["Owner", "Contributor", "Reader", "Azure Arc Kubernetes Viewer", "Azure Arc Kubernetes Writer"];

  test("are those that a slip may have meant, the closest first", () => {
    expect(closeTo("Contributer", names)).toEqual(["Contributor"]);
    expect(closeTo("azure arc kubernetes view", names)).toEqual([
      "Azure Arc Kubernetes Viewer",
      "Azure Arc Kubernetes Writer",
    ]);
  });

  test("are none for something else", () => {
    expect(closeTo("Key Vault", names)).toEqual([]);
  });
});
