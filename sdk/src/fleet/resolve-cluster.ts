import type { ConnectedClusterArgs } from "../connected-cluster.ts";
import type { FleetClusterArgs, FleetDefaults } from "./fleet-args.ts";
import type { SelectableCluster } from "./selector.ts";

/** A cluster with everything that the fleet gives it. */
export interface ResolvedCluster extends SelectableCluster {
  readonly args: ConnectedClusterArgs;
}

/**
 * Merges a cluster with the defaults of its fleet: tags one by one, everything else as a whole.
 * @throws when neither says where the record is to be
 */
export function resolveCluster(
  fleet: string,
  name: string,
  own: FleetClusterArgs,
  defaults: FleetDefaults,
): ResolvedCluster {
  const merged = { ...defaults, ...own };
  const { location, resourceGroup } = merged;
  if (location === undefined) throw missing(fleet, name, "location");
  if (resourceGroup === undefined) throw missing(fleet, name, "resourceGroup");
  const tags = { ...defaults.tags, ...own.tags };
  const hasTags = Object.keys(tags).length > 0;
  return {
    name,
    location,
    tags,
    args: { ...merged, name, location, resourceGroup, ...(hasTags ? { tags } : {}) },
  };
}

const missing = (fleet: string, name: string, field: string): Error =>
  new Error(`The cluster ${name} of the fleet ${fleet} has no ${field}: give it one, or give one to \`defaults\`.`);
