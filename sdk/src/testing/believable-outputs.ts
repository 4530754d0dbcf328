import type { ConnectedClusterOutput, ExtensionOutput, FluxConfigurationOutput } from "@arcfleet/contract";
import type { HostedKey } from "@arcfleet/provider";
import { wantsAgents } from "@arcfleet/provider/lifecycle";
import { stableGuid } from "./stable-guid.ts";

type Inputs = Readonly<Record<string, unknown>>;

interface Outputs {
  /** What the service adds to the record. */
  readonly record: Readonly<Record<string, unknown>>;
  /** What the provider adds. */
  readonly own?: Readonly<Record<string, unknown>>;
}

/** The outputs of a resource that is as it should be. Kinds that are not listed have nothing but their provisioning state. */
export function believableOutputs(key: HostedKey, inputs: Inputs, id: string): Outputs {
  return believable[key]?.(inputs, id) ?? { record: { provisioningState: "Succeeded" } };
}

const believable: { readonly [key in HostedKey]?: (inputs: Inputs, id: string) => Outputs } = {
  connectedCluster(inputs, id) {
    if (!wantsAgents(inputs)) {
      const record: ConnectedClusterOutput = {
        provisioningState: "Succeeded",
        connectivityStatus: "AgentNotInstalled",
      };
      return { record };
    }
    const record: ConnectedClusterOutput & { distribution: string; infrastructure: string } = {
      provisioningState: "Succeeded",
      connectivityStatus: "Connected",
      kubernetesVersion: "1.34.2",
      totalNodeCount: 3,
      totalCoreCount: 12,
      agentVersion: "0.1.0",
      distribution: "generic",
      infrastructure: "generic",
    };
    return { record, own: { clusterUid: stableGuid(`${id} kube-system`) } };
  },
  extension({ version }) {
    const currentVersion = typeof version === "string" ? version : "1.0.0";
    const record: ExtensionOutput = { provisioningState: "Succeeded", currentVersion };
    return { record };
  },
  fluxConfiguration({ suspend }) {
    const record: FluxConfigurationOutput = {
      provisioningState: "Succeeded",
      complianceState: suspend === true ? "Suspended" : "Compliant",
      sourceSyncedCommitId: "main@sha1:0123456789abcdef0123456789abcdef01234567",
    };
    return { record };
  },
  roleAssignment({ roleDefinition }, id) {
    const role = String(roleDefinition);
    const subscription = id.split("/").slice(0, 3).join("/");
    const roleDefinitionId = role.includes("/")
      ? role
      : `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${stableGuid(role)}`;
    return { record: { roleDefinitionId } };
  },
};
