import { agentNames } from "@arcfleet/contract";

/** The Helm release that the agents are. */
export const agentRelease = { name: agentNames.releaseName, namespace: agentNames.releaseNamespace } as const;
