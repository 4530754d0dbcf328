import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { armCaller } from "../support/arm-caller.ts";
import { type SpawnedControlPlane, spawnControlPlane } from "../support/control-plane.ts";
import { openWorld, operationEnd, resourceOf } from "./world.ts";

let controlPlane: SpawnedControlPlane;
beforeAll(async () => {
  controlPlane = await spawnControlPlane();
});
afterAll(async () => {
  await controlPlane[Symbol.asyncDispose]();
});

test("killed and started again, it has all that it acknowledged, under the same origin, keys and secrets", async () => {
  const world = await openWorld(async () => controlPlane);
  const agent = await world.newCluster();
  const extension = `${agent.clusterId}/providers/Microsoft.KubernetesConfiguration/extensions/flux?api-version=2023-05-01`;
  const put = await world.arm.call(extension, {
    method: "PUT",
    body: { properties: { extensionType: "microsoft.flux", configurationProtectedSettings: { token: "s3cret" } } },
  });
  expect(put.status).toBe(201);

  await controlPlane.kill("SIGKILL");
  await controlPlane.restart();

  // The same token still works, and the same client secret buys another.
  expect((await world.arm.call(extension)).status).toBe(200);
  const again = await armCaller(controlPlane.connection);
  expect(resourceOf(await again.call(extension)).properties.provisioningState).toBe("Creating");
  const { items } = await agent.desired("extension");
  expect(items).toMatchObject([{ name: "flux", spec: { configurationProtectedSettings: { token: "s3cret" } } }]);
  await agent.settle();
  expect(await operationEnd(again, put)).toMatchObject({ status: "Succeeded" });
});

test("killed in the middle of many writes, it keeps every one that was acknowledged", async () => {
  const arm = await armCaller(controlPlane.connection);
  const group = `/subscriptions/${controlPlane.connection.subscriptionId}/resourceGroups/many`;
  await arm.call(`${group}?api-version=2024-11-01`, { method: "PUT", body: { location: "westeurope" } });
  const url = (name: string): string =>
    `${group}/providers/Microsoft.Kubernetes/connectedClusters/${name}?api-version=2024-01-01`;
  const acknowledged: string[] = [];
  const body = { location: "westeurope", properties: { agentPublicKeyCertificate: "" } };
  const writes = Array.from({ length: 200 }, async (_, at) => {
    const answer = await arm.call(url(`c-${at}`), { method: "PUT", body }).catch(() => undefined);
    if (answer?.status === 201) acknowledged.push(`c-${at}`);
    if (acknowledged.length === 40) await controlPlane.kill("SIGKILL");
  });
  await Promise.all(writes);
  expect(acknowledged.length).toBeGreaterThanOrEqual(40);
  await controlPlane.restart();
  const statuses = await Promise.all(acknowledged.map(async (name) => (await arm.call(url(name))).status));
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});
