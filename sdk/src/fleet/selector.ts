/** A cluster of a fleet as selectors see it: everything plain, known before the update. */
export interface SelectableCluster {
  readonly name: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** Clusters by what they have in common; all that is given must hold. */
export interface ClusterFilter<Name extends string = string> {
  /** Tags that a cluster has, with these values. @example { ring: "canary" } */
  readonly tags?: Readonly<Record<string, string>>;
  /** The clusters with one of these names. @example ["east"] */
  readonly names?: readonly Name[];
  /** The region, written as in the fleet. @example "westeurope" */
  readonly location?: string;
}

/**
 * Which clusters of a fleet something is for. It decides which resources exist, so all of it is plain: outputs are known too late.
 *
 * @example { tags: { ring: "canary" } }
 * @example ({ tags, location }) => tags.gpu === "yes" && location !== "northeurope"
 */
export type Selector<Name extends string = string> = ClusterFilter<Name> | ((cluster: SelectableCluster) => boolean);

/** Whether a selector is for a cluster; one that is not given is for all. */
export function selects(where: Selector | undefined, cluster: SelectableCluster): boolean {
  if (where === undefined) return true;
  if (typeof where === "function") return where(cluster);
  const { tags = {}, names, location } = where;
  return (
    Object.entries(tags).every(([key, value]) => cluster.tags[key] === value) &&
    (names === undefined || names.includes(cluster.name)) &&
    (location === undefined || location === cluster.location)
  );
}

/** A selector in the words of an error. */
export const describe = (where: Selector): string =>
  typeof where === "function" ? "its function `where`" : `where ${JSON.stringify(where)}`;
