import {
  type DesiredKind,
  extension,
  fluxConfiguration,
  type ResourceDefinition,
  sourceControlConfiguration,
} from "@arcfleet/contract";

/**
 * The types whose resources reach the agents as items of a kind. A source control configuration is delivered by Flux v2 like what
 * replaced it, so the agents need not know it; names are unique among the types of one kind.
 */
export const deliveredAs: Readonly<Record<DesiredKind, readonly ResourceDefinition[]>> = {
  extension: [extension],
  fluxConfiguration: [fluxConfiguration, sourceControlConfiguration],
};
