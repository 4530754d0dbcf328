import * as pulumi from "@pulumi/pulumi";
import type { FleetMember } from "./fleet-member.ts";

/** How a cluster of a fleet is, as of the last `up` or `refresh`. */
export interface FleetClusterStatus {
  readonly connectivity: string;
  readonly kubernetes: string | undefined;
  readonly agents: string | undefined;
  /** Extension to provisioning state. */
  readonly extensions: Readonly<Record<string, string>>;
  /** Configuration to compliance state. */
  readonly configurations: Readonly<Record<string, string>>;
}

export const statusOf = ({ cluster, extensions, configurations }: FleetMember): pulumi.Output<FleetClusterStatus> =>
  pulumi
    .all([
      cluster.connectivityStatus,
      cluster.kubernetesVersion,
      cluster.agentVersion,
      pulumi.all(mapValues(extensions, ({ provisioningState }) => provisioningState)),
      pulumi.all(mapValues(configurations, ({ complianceState }) => complianceState)),
    ])
    .apply(([connectivity, kubernetes, agents, extensionStates, complianceStates]) => ({
      connectivity,
      kubernetes,
      agents,
      extensions: extensionStates,
      configurations: complianceStates,
    }));

const mapValues = <From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
