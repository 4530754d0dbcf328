import { defineType } from "../define-resource.ts";
import { RoleAssignmentOutput, RoleAssignmentProperties } from "./properties.ts";

/** A role held by someone at a scope, and below it: `Microsoft.Authorization/roleAssignments`. */
export const roleAssignment = defineType({
  namespace: "Microsoft.Authorization",
  type: "roleAssignments",
  singular: "role assignment",
  providerApiVersion: "2022-04-01",
  tracked: false,
  name: {
    pattern: /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
    rule: "a GUID",
  },
  properties: RoleAssignmentProperties,
  output: RoleAssignmentOutput,
  createOnly: ["roleDefinitionId", "principalId", "principalType"],
  secrets: [],
  hasIdentity: false,
  example: {
    properties: {
      roleDefinitionId: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
      principalId: "6e2f1f9a-6c0f-4d2b-8d2a-0d9f3f1c5a10",
    },
  },
});

export * from "./properties.ts";
