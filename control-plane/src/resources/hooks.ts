import { fullType, type ResourceDefinition } from "@arcfleet/contract";
import { connectedClusterHooks } from "./connected-cluster.ts";
import { extensionHooks } from "./extension.ts";
import { extensionTypeHooks } from "./extension-type.ts";
import { fluxConfigurationHooks } from "./flux-configuration.ts";
import type { ResourceHooks } from "./resource-hooks.ts";
import { sourceControlConfigurationHooks } from "./source-control-configuration.ts";

const entries = [
  connectedClusterHooks,
  extensionHooks,
  extensionTypeHooks,
  fluxConfigurationHooks,
  sourceControlConfigurationHooks,
];

const hooks = new Map<string, ResourceHooks>(entries.map((entry) => [entry.definition.type, entry.hooks]));

/** The lower-case types whose resources others may need. */
export const neededTypes: readonly string[] = entries
  .filter((entry) => hooksOf(entry.definition).refuseRemoval !== undefined)
  .map(({ definition }) => fullType(definition).toLowerCase());

export function hooksOf(definition: ResourceDefinition): ResourceHooks {
  return hooks.get(definition.type) ?? {};
}
