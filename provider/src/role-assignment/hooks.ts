import { resourceKey } from "@arcfleet/contract";
import type { Hooks } from "../kinds/resource-kind.ts";
import { findRoleDefinition } from "./find-role-definition.ts";

export const roleAssignmentHooks: Hooks = {
  async prepare(context, { inputs }) {
    const wanted = String(inputs.roleDefinition);
    return { properties: { roleDefinitionId: await findRoleDefinition(context, String(inputs.scope), wanted) } };
  },
  async adopt(context, { inputs }, { properties }) {
    const wanted = await findRoleDefinition(context, String(inputs.scope), String(inputs.roleDefinition));
    const found = String(properties.roleDefinitionId);
    return resourceKey(wanted) === resourceKey(found)
      ? {}
      : { differences: [{ path: "roleDefinition", wanted, found }] };
  },
  /** Under a name that the program chose somebody may have made another assignment. */
  async observe(_context, _id, before, { properties }) {
    const [was, is] = [before.roleDefinitionId, properties.roleDefinitionId];
    if (typeof was !== "string" || typeof is !== "string" || resourceKey(was) === resourceKey(is)) return {};
    return { drift: { roleDefinition: is } };
  },
};
