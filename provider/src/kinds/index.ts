import type { ResourceKey } from "@arcfleet/contract";
import { connectedClusterKind } from "./connected-cluster.ts";
import { extensionKind } from "./extension.ts";
import { fluxConfigurationKind } from "./flux-configuration.ts";
import { type PreparedKind, prepareKind, type ResourceKind } from "./resource-kind.ts";

const kinds: Readonly<Record<ResourceKey, ResourceKind>> = {
  connectedCluster: connectedClusterKind,
  extension: extensionKind,
  fluxConfiguration: fluxConfigurationKind,
};

const prepared = new Map<ResourceKey, PreparedKind>();

/** The kind of a key of the contract's registry. Schemas are put together at the first use. */
export function kindOf(key: ResourceKey): PreparedKind {
  const known = prepared.get(key);
  if (known) return known;
  const kind = prepareKind(kinds[key]);
  prepared.set(key, kind);
  return kind;
}
