import { type ArmResource, connectedCluster } from "@arcfleet/contract";
import type { Hooks, Preparation, Wanted } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { wantsAgents } from "./agents-input.ts";
import { withMove } from "./moving.ts";

/** An empty key says: no agents. The service shows such a cluster as `AgentNotInstalled`. */
export const noAgentsKey = "";

/** A record without agents of ours: one PUT to make it, a GET and a PUT to change it, and none of the libraries that talk to clusters. */
export const recordOnlyHooks: Hooks = {
  prepare: async (context, wanted) => withMove(context, wanted, await prepareRecord(context, wanted)),
  /** Agents, or none: a record whose key is empty has none, whatever the program says. */
  async adopt(_context, { inputs }, record) {
    const wanted = wantsAgents(inputs);
    const found = record.properties.agentPublicKeyCertificate !== noAgentsKey;
    return wanted === found ? {} : { differences: [{ path: "agents.install", wanted, found }] };
  },
  /** A record without agents is what an interrupted run left, or someone prepared: it becomes ours. One with a key is in use. */
  mayTakeOver: (record) => record.properties.agentPublicKeyCertificate === noAgentsKey,
};

async function prepareRecord(context: LifecycleContext, wanted: Wanted): Promise<Preparation> {
  const { before, id } = wanted;
  const withoutAgents = { properties: { agentPublicKeyCertificate: noAgentsKey }, mustBeNew: before === undefined };
  // New, or its agents were ours and are gone.
  if (before === undefined || wantsAgents(before)) return withoutAgents;
  // Somebody else may have attached the cluster since: another tag must not take its key away.
  const record = await context.client.get(id, connectedCluster.providerApiVersion, context.signal);
  return record === undefined ? withoutAgents : recordAlone(wanted, record);
}

/** The record is written with what it has: the cluster need not be reachable for a new tag. */
export const recordAlone = (wanted: Wanted, record: ArmResource, uid?: string): Preparation => ({
  properties: {
    agentPublicKeyCertificate: record.properties.agentPublicKeyCertificate,
    distribution: wanted.inputs.distribution ?? record.properties.distribution,
    infrastructure: wanted.inputs.infrastructure ?? record.properties.infrastructure,
  },
  outputs: { clusterUid: uid ?? wanted.before?.clusterUid },
});
