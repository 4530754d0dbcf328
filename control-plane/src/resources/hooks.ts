import type { ResourceDefinition } from "@arcfleet/contract";
import { connectedClusterHooks } from "./connected-cluster.ts";
import { extensionHooks } from "./extension.ts";
import { fluxConfigurationHooks } from "./flux-configuration.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const hooks = new Map<string, ResourceHooks>(
  [connectedClusterHooks, extensionHooks, fluxConfigurationHooks].map((entry) => [entry.definition.type, entry.hooks]),
);

const none: ResourceHooks = {};

export const hooksOf = (definition: ResourceDefinition): ResourceHooks => hooks.get(definition.type) ?? none;
