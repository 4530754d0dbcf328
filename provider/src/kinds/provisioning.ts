import type { ArmResource } from "@arcfleet/contract";

/** Why the control plane has not done what a record asks for; undefined when it has. */
export const notProvisioned = ({ properties }: ArmResource): string | undefined =>
  properties.provisioningState === "Succeeded"
    ? undefined
    : `provisioningState is ${properties.provisioningState ?? "unknown"}`;
