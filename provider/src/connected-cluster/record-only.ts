import type { Hooks } from "../kinds/resource-kind.ts";
import { wantsAgents } from "./agents-input.ts";
import { withMove } from "./moving.ts";

/** An empty key says: no agents. The service shows such a cluster as `AgentNotInstalled`. */
export const noAgentsKey = "";

/** A record without agents: one PUT, one GET, one DELETE and nothing else. */
export const recordOnlyHooks: Hooks = {
  prepare: (context, wanted) =>
    withMove(context, wanted, {
      properties: { agentPublicKeyCertificate: noAgentsKey },
      mustBeNew: wanted.before === undefined,
    }),
  /** Agents, or none: a record whose key is empty has none, whatever the program says. */
  async adopt(_context, { inputs }, record) {
    const wanted = wantsAgents(inputs);
    const found = record.properties.agentPublicKeyCertificate !== noAgentsKey;
    return wanted === found ? {} : { differences: [{ path: "agents.install", wanted, found }] };
  },
  /** A record without agents is what an interrupted run left, or someone prepared: it becomes ours. One with a key is in use. */
  mayTakeOver: (record) => record.properties.agentPublicKeyCertificate === noAgentsKey,
};
