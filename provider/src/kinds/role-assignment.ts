import { fullType, roleAssignment } from "@arcfleet/contract";
import { z } from "zod";
import { isUnknown, unknownValue } from "../inputs/unknown.ts";
import { assignmentName } from "../role-assignment/assignment-name.ts";
import { nameInput, type Place } from "./place.ts";
import type { ResourceKind } from "./resource-kind.ts";

const collection = `/providers/${fullType(roleAssignment)}/`;

/** An assignment extends its scope, whatever that is. */
const place: Place = {
  inputs: {
    scope: z.string().startsWith("/subscriptions/", "must be the id of what the role is held on"),
    name: nameInput(roleAssignment),
  },
  idOf: ({ scope, name }) => `${String(scope).replace(/\/+$/, "")}${collection}${String(name)}`,
  inputsOf(id) {
    const at = id.toLowerCase().lastIndexOf(collection.toLowerCase());
    if (at < 0) throw new Error(`${id} is not the id of a ${roleAssignment.singular}`);
    return { scope: id.slice(0, at), name: id.slice(at + collection.length) };
  },
};

export const roleAssignmentKind: ResourceKind = {
  definition: roleAssignment,
  place,
  ownInputs: z.object({ roleDefinition: z.string().min(1).max(2048) }),
  managedProperties: ["roleDefinitionId"],
  outputs: ["roleDefinitionId"],
  replacedBy: ["roleDefinition"],
  caseInsensitive: ["roleDefinition", "principalId"],
  unfinished: () => undefined,
  complete(inputs) {
    const { scope, roleDefinition, principalId, name } = inputs;
    const all = [scope, roleDefinition, principalId];
    if (name !== undefined || !all.every((part) => typeof part === "string")) return inputs;
    return { ...inputs, name: all.some(isUnknown) ? unknownValue : assignmentName(all) };
  },
  imported: ({ properties }) => ({ roleDefinition: properties.roleDefinitionId }),
  loadHooks: async () => (await import("../role-assignment/hooks.ts")).roleAssignmentHooks,
};
