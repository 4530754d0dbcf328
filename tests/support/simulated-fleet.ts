import { setTimeout as delay } from "node:timers/promises";
import type { Connection, DesiredItem, Report } from "@arcfleet/contract";
import { z } from "zod";
import { type ArmCaller, armCaller } from "./arm-caller.ts";
import { onboardingKey } from "./onboarding-key.ts";
import { doneReport, type SimulatedAgent, simulatedAgent } from "./simulated-agent.ts";

/** Agents on every cluster of a resource group, as soon as there is a record for it. */
export interface SimulatedFleet extends AsyncDisposable {
  /** From now on the agents of a cluster report each extension as failed, with this message. */
  breakCluster(name: string, message: string): void;
  /** Nobody installs agents on this cluster. */
  leaveAlone(name: string): void;
  /** Whatever was wrong with a cluster is mended. */
  heal(name: string): void;
}

const Records = z.object({
  value: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      location: z.string(),
      tags: z.record(z.string(), z.string()).nullish(),
      properties: z.looseObject({ agentPublicKeyCertificate: z.string() }),
    }),
  ),
});
type ClusterRecord = z.infer<typeof Records>["value"][number];

const apiVersion = "2024-01-01";
const intervalMs = 100;

export async function simulatedFleet(connection: Connection, resourceGroup: string): Promise<SimulatedFleet> {
  const arm = await armCaller(connection);
  const agents = new Map<string, SimulatedAgent>();
  const faults = new Map<string, string>();
  const alone = new Set<string>();
  const stop = new AbortController();

  const playOne = async (record: ClusterRecord): Promise<void> => {
    if (alone.has(record.name)) return;
    // A record without a key has no agents yet, or was written over by a program that installs none.
    if (record.properties.agentPublicKeyCertificate === "") agents.set(record.name, await attach(arm, record));
    const agent = agents.get(record.name);
    if (agent !== undefined) await reportAll(agent, faults.get(record.name));
  };
  const play = async (): Promise<void> => {
    const clusters = `/subscriptions/${connection.subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Kubernetes/connectedClusters`;
    while (!stop.signal.aborted) {
      const answer = await arm.call(`${clusters}?api-version=${apiVersion}`);
      const records = answer.status === 200 ? Records.parse(answer.json).value : [];
      // A cluster may be deleted while its agents talk: that is theirs to find out.
      await Promise.allSettled(records.map(playOne));
      await delay(intervalMs);
    }
  };
  const playing = play();
  return {
    breakCluster: (name, message) => void faults.set(name, message),
    leaveAlone: (name) => void alone.add(name),
    heal(name) {
      faults.delete(name);
      alone.delete(name);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await playing;
    },
  };
}

async function attach(arm: ArmCaller, { id, location, tags, properties }: ClusterRecord): Promise<SimulatedAgent> {
  const key = onboardingKey();
  await arm.call(`${id}?api-version=${apiVersion}`, {
    method: "PUT",
    body: { location, tags, properties: { ...properties, agentPublicKeyCertificate: key.publicKeyBase64 } },
  });
  const agent = await simulatedAgent(arm.connection, id, key);
  await agent.heartbeat();
  return agent;
}

async function reportAll(agent: SimulatedAgent, fault: string | undefined): Promise<void> {
  const states = await Promise.all([agent.desired("extension"), agent.desired("fluxConfiguration")]);
  const items = states.flatMap((state) => state.items);
  if (items.length > 0) await agent.report(...items.map((item) => reportOf(item, fault)));
}

function reportOf(item: DesiredItem, fault: string | undefined): Report {
  const done = doneReport(item);
  if (fault === undefined || done.kind !== "extension" || item.deleting) return done;
  return { ...done, state: "Failed", error: { code: "ChartInstallFailed", message: fault } };
}
