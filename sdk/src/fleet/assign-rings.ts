import type { RingArgs } from "./fleet-args.ts";
import { describe, type SelectableCluster, selects } from "./selector.ts";

/** A ring with the clusters that are its. */
export interface Ring<Cluster extends SelectableCluster = SelectableCluster> {
  readonly args: RingArgs;
  readonly clusters: readonly Cluster[];
}

/**
 * Puts every cluster into the first ring that selects it.
 * @throws when a ring would be empty, two have one name, a cluster is in none, or a `maxAtOnce` is no number of clusters
 */
export function assignRings<Cluster extends SelectableCluster>(
  fleet: string,
  rings: readonly RingArgs[],
  clusters: readonly Cluster[],
): readonly Ring<Cluster>[] {
  const names = rings.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Error(`The fleet ${fleet} has two rings with the name ${twice}.`);

  for (const { name, maxAtOnce } of rings) {
    if (maxAtOnce === undefined || (Number.isInteger(maxAtOnce) && maxAtOnce > 0)) continue;
    throw new Error(
      `The ring ${name} of the fleet ${fleet} has maxAtOnce ${maxAtOnce}; it must be a whole number from 1.`,
    );
  }

  const free = new Set(clusters);
  const assigned = rings.map((args) => {
    const own = [...free].filter((cluster) => selects(args.where, cluster));
    for (const cluster of own) free.delete(cluster);
    if (own.length === 0) throw emptyRing(fleet, args);
    return { args, clusters: own };
  });
  if (free.size > 0) {
    throw new Error(
      `The fleet ${fleet} has clusters that are in none of its rings: ${[...free].map(({ name }) => name).join(", ")}. ` +
        "Give them what a ring selects, or add a last ring without `where`: it takes all that are left.",
    );
  }
  return assigned;
}

const emptyRing = (fleet: string, { name, where }: RingArgs): Error =>
  new Error(
    `The ring ${name} of the fleet ${fleet} has no cluster: ${where === undefined ? "the rings before it took all" : `${describe(where)} selects none that an earlier ring left`}. ` +
      "The rollout would go on without having been tried there; correct the selector, or take the ring out.",
  );
