import { type ConnectedClusterOutput, connectedCluster } from "@arcfleet/contract";
import { z } from "zod";
import { AgentsInput, wantsAgents } from "../connected-cluster/agents-input.ts";
import type { ResourceKind } from "./resource-kind.ts";

const kept: readonly (keyof z.infer<typeof ConnectedClusterOutput>)[] = [
  "provisioningState",
  "connectivityStatus",
  "kubernetesVersion",
  "totalNodeCount",
  "totalCoreCount",
  "agentVersion",
];

export const connectedClusterKind: ResourceKind = {
  definition: connectedCluster,
  ownInputs: z.object({
    kubeconfig: z.string().min(1).optional(),
    context: z.string().min(1).optional(),
    agents: AgentsInput.optional(),
  }),
  ownSecrets: ["kubeconfig"],
  ownOutputs: z.object({ clusterUid: z.string().optional() }),
  managedProperties: ["agentPublicKeyCertificate"],
  outputs: [...kept, "distribution", "infrastructure"],
  replacedBy: [],
  caseInsensitive: ["distribution", "infrastructure"],
  unfinished(inputs, record, wasUnfinished) {
    const { provisioningState, connectivityStatus } = record.properties;
    if (provisioningState !== "Succeeded") return `provisioningState is ${provisioningState ?? "unknown"}`;
    if (!wantsAgents(inputs) || connectivityStatus === "Connected") return undefined;
    // A cluster that was connected once may be offline for as long as it likes; that is no work for the provider.
    const neverConnected = connectivityStatus === "Connecting" || connectivityStatus === "AgentNotInstalled";
    return neverConnected || wasUnfinished ? `connectivityStatus is ${String(connectivityStatus)}` : undefined;
  },
  refine(inputs) {
    if (!wantsAgents(inputs) || inputs.kubeconfig !== undefined) return [];
    return [
      {
        property: "kubeconfig",
        reason: "is needed to install the agents; give it, or leave the agents out with `agents: { install: false }`",
      },
    ];
  },
  async loadHooks(inputs, before) {
    if (wantsAgents(inputs) || inputs.kubeconfig !== undefined || before?.kubeconfig !== undefined) {
      return (await import("../connected-cluster/hooks.ts")).connectedClusterHooks;
    }
    return (await import("../connected-cluster/record-only.ts")).recordOnlyHooks;
  },
};
