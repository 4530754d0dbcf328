import { connectedCluster } from "./connected-cluster/index.ts";
import { fullType, type ResourceDefinition } from "./define-resource.ts";
import { extension } from "./extension/index.ts";
import { fluxConfiguration } from "./flux-configuration/index.ts";

/** Every resource type, once. Nothing else may list type names: walk this. */
export const registry = { connectedCluster, extension, fluxConfiguration } as const;

export type ResourceKey = keyof typeof registry;

export const definitions: readonly ResourceDefinition[] = Object.values(registry);

const byType = new Map(definitions.map((definition) => [fullType(definition).toLowerCase(), definition]));

/** Finds the definition of `Namespace/type`, in any case. */
export const findDefinition = (type: string): ResourceDefinition | undefined => byType.get(type.toLowerCase());
