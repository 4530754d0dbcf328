import type * as pulumi from "@pulumi/pulumi";
import { withHints } from "../hints.ts";
import { type GateMember, RolloutGate, resourcesOf } from "../rollout/rollout-gate.ts";
import type { Ring } from "./assign-rings.ts";
import { asGateMember, declareMember, type FleetMember, type FleetParts } from "./fleet-member.ts";
import type { ResolvedCluster } from "./resolve-cluster.ts";

export interface DeclaredRings {
  readonly members: ReadonlyMap<string, FleetMember>;
  readonly gates: Readonly<Record<string, RolloutGate>>;
}

/** Declares all clusters without an order between them: the engine decides, and the first failure stops the run. */
export function declareAtOnce(
  fleet: pulumi.ComponentResource,
  fleetName: string,
  clusters: readonly ResolvedCluster[],
  parts: FleetParts,
): DeclaredRings {
  const turn = { after: [], isGated: false };
  const members = clusters.map((one) => [one.name, declareMember(fleet, fleetName, one, parts, turn)] as const);
  return { members: new Map(members), gates: {} };
}

/** Declares ring after ring, each with the gate that the next one waits for. */
export function declareRings(
  fleet: pulumi.ComponentResource,
  fleetName: string,
  rings: readonly Ring<ResolvedCluster>[],
  parts: FleetParts,
): DeclaredRings {
  const members = new Map<string, FleetMember>();
  const gates: Record<string, RolloutGate> = {};
  let before: RolloutGate | undefined;
  for (const [at, { args, clusters }] of rings.entries()) {
    const own: Record<string, GateMember> = {};
    for (const [place, cluster] of clusters.entries()) {
      const ahead = aheadInLane(Object.values(own), place, args.maxAtOnce);
      const after = before === undefined ? ahead : [before, ...ahead];
      const member = declareMember(fleet, fleetName, cluster, parts, { after, isGated: true });
      members.set(cluster.name, member);
      own[cluster.name] = asGateMember(member);
    }
    const { name: ring, where: _where, maxAtOnce: _maxAtOnce, ...health } = args;
    before = new RolloutGate(
      `${fleetName}-${ring}`,
      { ring, ...health, members: own },
      withHints({ parent: fleet }, { waiting: rings.slice(at + 1).map(waitingRing) }),
    );
    gates[ring] = before;
  }
  return { members, gates };
}

/**
 * What the cluster at a place comes after, so that no more than `maxAtOnce` are worked on at a time: a ring has so many lanes, and
 * the clusters of a lane follow each other, each with everything on it. Dependencies and not a lock in the provider, because the
 * engine works on few resources at once: those that wait for a lock would keep it from the ones that could open it.
 */
function aheadInLane(declared: readonly GateMember[], place: number, maxAtOnce: number | undefined): pulumi.Resource[] {
  if (maxAtOnce === undefined) return [];
  const ahead = declared[place - maxAtOnce];
  return ahead === undefined ? [] : resourcesOf(ahead);
}

const waitingRing = ({ args, clusters }: Ring) => ({ ring: args.name, clusters: clusters.length });
