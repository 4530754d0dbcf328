import { fullType, type ResourceDefinition } from "@arcfleet/contract";
import type { Tx } from "../db/store.ts";
import { connectedClusterHooks } from "./connected-cluster.ts";
import { customLocationHooks } from "./custom-location.ts";
import { extensionHooks } from "./extension.ts";
import { extensionTypeHooks } from "./extension-type.ts";
import { fluxConfigurationHooks } from "./flux-configuration.ts";
import type { ResourceHooks } from "./resource-hooks.ts";
import { sourceControlConfigurationHooks } from "./source-control-configuration.ts";

const entries = [
  connectedClusterHooks,
  customLocationHooks,
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

/** Refuses the deletion of a whole group on behalf of every type. Each asks once, whatever the group holds. */
export async function refuseGroupRemoval(tx: Tx, groupKey: string): Promise<void> {
  for (const entry of entries) await hooksOf(entry.definition).refuseGroupRemoval?.(tx, groupKey);
}
