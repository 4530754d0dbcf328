import { z } from "zod";
import { optional } from "../../schema/nullish.ts";

export const principalTypes = ["User", "Group", "ServicePrincipal", "ForeignGroup", "Device"] as const;

export const RoleAssignmentProperties = z.object({
  /** The id of the role, or its GUID alone. Fixed at creation. */
  roleDefinitionId: z.string().min(1).max(2048),
  /** The object id of whoever gets the role. Fixed at creation. */
  principalId: z.guid(),
  /** What the principal is; checked when given. Fixed at creation. */
  principalType: optional(z.enum(principalTypes)),
});
export type RoleAssignmentProperties = z.output<typeof RoleAssignmentProperties>;

export const RoleAssignmentOutput = z.object({
  scope: z.string(),
  createdOn: z.string().nullish(),
  updatedOn: z.string().nullish(),
  createdBy: z.string().nullish(),
  updatedBy: z.string().nullish(),
});
export type RoleAssignmentOutput = z.infer<typeof RoleAssignmentOutput>;
