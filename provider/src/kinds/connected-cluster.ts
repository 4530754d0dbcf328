import { type ConnectedClusterOutput, connectedCluster } from "@arcfleet/contract";
import { z } from "zod";
import { changesForAgents } from "../connected-cluster/agents-changes.ts";
import { AgentsInput, isWithoutAccess, wantsAgents } from "../connected-cluster/agents-input.ts";
import { isKubeconfigFile, KubeconfigSource } from "../connected-cluster/kubeconfig-source.ts";
import { noAgentsKey } from "../connected-cluster/record-only.ts";
import { describeMove, followMove, isMove } from "../connected-cluster/region-move.ts";
import type { Properties } from "../inputs/plain.ts";
import type { Hints } from "../lifecycle/context.ts";
import { notProvisioned } from "./provisioning.ts";
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
    kubeconfig: KubeconfigSource.optional(),
    context: z.string().min(1).optional(),
    agents: AgentsInput.optional(),
    /** `group/name` of the record that a move goes on from. Chosen by {@link followMove}. */
    movedFrom: z
      .string()
      .regex(/^[^/]+\/[^/]+$/)
      .optional(),
  }),
  ownSecrets: ["kubeconfig"],
  ownOutputs: z.object({ clusterUid: z.string().optional() }),
  managedProperties: ["agentPublicKeyCertificate", "movedFrom"],
  outputs: [...kept, "distribution", "infrastructure"],
  outputsWithoutRecord: { provisioningState: "Failed", connectivityStatus: "AgentNotInstalled" },
  replacedBy: [],
  caseInsensitive: ["distribution", "infrastructure"],
  unfinished(inputs, record, wasUnfinished) {
    const { connectivityStatus, movedTo } = record.properties;
    if (typeof movedTo === "string") return `a move to ${movedTo} was begun and has not ended`;
    const reason = notProvisioned(record);
    if (reason !== undefined) return reason;
    if (!wantsAgents(inputs) || isWithoutAccess(inputs) || connectivityStatus === "Connected") return undefined;
    // A cluster that was connected once may be offline for as long as it likes; that is no work for the provider.
    const neverConnected = connectivityStatus === "Connecting" || connectivityStatus === "AgentNotInstalled";
    return neverConnected || wasUnfinished ? `connectivityStatus is ${String(connectivityStatus)}` : undefined;
  },
  // Without agents a PUT writes the record as the program has it; with them it keeps what they detected.
  filledIn: (inputs, { properties: { distribution, infrastructure } }) =>
    wantsAgents(inputs) ? { distribution, infrastructure } : {},
  imported: ({ properties }) =>
    properties.agentPublicKeyCertificate === noAgentsKey ? { agents: { install: false } } : {},
  refine(inputs, before, hints) {
    if (inputs.kubeconfig !== undefined) return contextGivenTwice(inputs);
    const reason = whatForKubeconfig(inputs, before, hints);
    return reason === undefined ? [] : [{ property: "kubeconfig", reason }];
  },
  goOn: followMove,
  notice: describeMove,
  createsFirst: isMove,
  async loadHooks(inputs, before) {
    if (isWithoutAccess(inputs)) return (await import("../connected-cluster/out-of-reach.ts")).outOfReachHooks;
    if (wantsAgents(inputs) || inputs.kubeconfig !== undefined || before?.kubeconfig !== undefined) {
      return (await import("../connected-cluster/hooks.ts")).connectedClusterHooks;
    }
    return (await import("../connected-cluster/record-only.ts")).recordOnlyHooks;
  },
};

function contextGivenTwice({ kubeconfig, context }: Properties) {
  if (!isKubeconfigFile(kubeconfig) || kubeconfig.context === undefined || context === undefined) return [];
  return [{ property: "context", reason: "is given twice: leave it out here, `kubeconfig` has one beside its path" }];
}

/** Why a kubeconfig is needed where there is none; undefined when it is not. */
function whatForKubeconfig(inputs: Properties, before: Properties | undefined, hints: Hints): string | undefined {
  if (before === undefined ? hints.adopt : isWithoutAccess(before)) {
    const changed = before === undefined ? [] : changesForAgents(before, inputs);
    if (changed.length === 0) return undefined;
    return `is needed to bring the changed ${changed.join(", ")} to the agents: the cluster was adopted without one`;
  }
  if (!wantsAgents(inputs)) return undefined;
  return "is needed to install the agents; give it, or leave the agents out with `agents: { install: false }`";
}
