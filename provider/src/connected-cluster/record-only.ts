import type { Hooks } from "../kinds/resource-kind.ts";

/** An empty key says: no agents. The service shows such a cluster as `AgentNotInstalled`. */
export const noAgentsKey = "";

/** A record without agents: one PUT, one GET, one DELETE and nothing else. */
export const recordOnlyHooks: Hooks = {
  async prepare(_context, { before }) {
    return { properties: { agentPublicKeyCertificate: noAgentsKey }, mustBeNew: before === undefined };
  },
  /** A record without agents is what an interrupted run left, or someone prepared: it becomes ours. One with a key is in use. */
  mayTakeOver: (record) => record.properties.agentPublicKeyCertificate === noAgentsKey,
};
