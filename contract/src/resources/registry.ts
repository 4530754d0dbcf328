import { connectedCluster } from "./connected-cluster/index.ts";
import { customLocation } from "./custom-location/index.ts";
import { fullType, type ResourceDefinition, type TypeDefinition } from "./define-resource.ts";
import { extension } from "./extension/index.ts";
import { extensionType } from "./extension-type/index.ts";
import { fluxConfiguration } from "./flux-configuration/index.ts";
import { resourceGroup } from "./resource-group/index.ts";
import { roleAssignment } from "./role-assignment/index.ts";
import { sourceControlConfiguration } from "./source-control-configuration/index.ts";

/** Every type whose routes are derived, once. Nothing else may list type names: walk this. */
export const registry = {
  connectedCluster,
  customLocation,
  extension,
  extensionType,
  fluxConfiguration,
  sourceControlConfiguration,
} as const;

/** The types that the control plane serves with routes of their own: what ARM has around every provider. */
export const surroundings = { resourceGroup, roleAssignment } as const;

/** Everything that a program can declare. */
export const types = { ...registry, ...surroundings } as const;

export type ResourceKey = keyof typeof registry;
export type TypeKey = keyof typeof types;

export const definitions: readonly ResourceDefinition[] = Object.values(registry);
export const typeDefinitions: readonly TypeDefinition[] = Object.values(types);

const byType = new Map(definitions.map((definition) => [fullType(definition).toLowerCase(), definition]));

/** Finds the definition of `Namespace/type`, in any case, among those whose routes are derived. */
export const findDefinition = (type: string): ResourceDefinition | undefined => byType.get(type.toLowerCase());
