import { create, kindOf, type LifecycleContext, update } from "@arcfleet/provider/lifecycle";
import { lookupClient } from "@arcfleet/provider/lookups";
import { describe, expect, test } from "@jest/globals";
import { startControlPlane } from "../support/control-plane.ts";
import { onboardingKey } from "../support/onboarding-key.ts";
import { useWorld } from "./world.ts";

/** A record that a program declares without agents, for a cluster that somebody else attaches: what the provider writes over it. */
describe("a record without agents of ours", () => {
  const world = useWorld(startControlPlane);
  const kind = kindOf("connectedCluster");

  async function contextOf(): Promise<LifecycleContext> {
    const { client, settings } = await lookupClient(
      Object.fromEntries(Object.entries(world.arm.connection).map(([key, value]) => [`arcfleet:${key}`, value])),
    );
    return { client, settings, hints: {}, say: () => {}, warn: () => {}, signal: new AbortController().signal };
  }

  test("keeps the key of whoever attached the cluster when its tags change", async () => {
    const context = await contextOf();
    const resourceGroup = world.group.slice(world.group.lastIndexOf("/") + 1);
    const inputs = { resourceGroup, name: "theirs", location: "westeurope", agents: { install: false } };
    const { id, state } = await create(kind, context, inputs);

    const key = onboardingKey().publicKeyBase64;
    const properties = { agentPublicKeyCertificate: key, distribution: "k3s" };
    await context.client.put(id, kind.definition.providerApiVersion, { location: "westeurope", properties });

    await update(kind, context, id, state, { ...inputs, tags: { ring: "canary" } });
    expect(await context.client.get(id, kind.definition.providerApiVersion)).toMatchObject({
      tags: { ring: "canary" },
      properties: { agentPublicKeyCertificate: key, distribution: "k3s" },
    });
  });
});
