import {
  AgentError,
  type ArmResource,
  type ConnectedClusterOutput,
  type ConnectedClusterProperties,
  connectedCluster,
} from "@arcfleet/contract";
import { z } from "zod";
import { type RecordInfo, readProperties, recordInfo, type WithoutNull, withoutNull } from "./record-info.ts";

type Written = Omit<ConnectedClusterProperties, "arcAgentProfile" | "arcAgentryConfigurations">;

/** Everything that the control plane tells of a connected cluster, in ARM's words; also what changes by itself all the time. */
export interface ConnectedClusterInfo extends RecordInfo, WithoutNull<Written>, WithoutNull<ConnectedClusterOutput> {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The object id of the cluster's own identity, for role assignments. */
  readonly principalId: string | undefined;
  /** How the agents are kept up to date, and what is wrong with them. */
  readonly arcAgentProfile: ConnectedClusterProperties["arcAgentProfile"] & {
    readonly agentErrors: readonly AgentError[];
  };
  /** Settings of agent features, without those that are secret. */
  readonly arcAgentryConfigurations: readonly AgentrySettings[];
}

export interface AgentrySettings {
  readonly feature: string;
  readonly settings: Readonly<Record<string, string>>;
}

const Agents = z.object({ arcAgentProfile: z.object({ agentErrors: z.array(AgentError).nullish() }).nullish() });

export function connectedClusterInfo(record: ArmResource): ConnectedClusterInfo {
  const written = readProperties(connectedCluster.properties, record);
  const told = readProperties(connectedCluster.output, record);
  const { arcAgentProfile } = readProperties(Agents, record);
  return {
    ...recordInfo(record),
    location: record.location ?? "",
    tags: record.tags ?? {},
    principalId: record.identity?.principalId ?? undefined,
    ...withoutNull(written),
    ...withoutNull(told),
    arcAgentProfile: { ...written.arcAgentProfile, agentErrors: arcAgentProfile?.agentErrors ?? [] },
    arcAgentryConfigurations: (written.arcAgentryConfigurations ?? []).map(({ feature, settings }) => ({
      feature,
      settings: settings ?? {},
    })),
  };
}
