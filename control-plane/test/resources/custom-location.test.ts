import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { addApplication } from "../../src/identity/applications.ts";
import { type Api, startApi } from "../support/api.ts";
import { clusterPath, extensionPath, putCluster, putGroup } from "../support/cluster.ts";
import { waitFor } from "../support/wait-for.ts";

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
  await putGroup(api, "places");
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const version = "api-version=2021-08-15";
const pathOf = (name: string, group = "places"): string =>
  `${api.subscription}/resourceGroups/${group}/providers/Microsoft.ExtendedLocation/customLocations/${name}`;
const put = (name: string, properties: object, headers = {}) =>
  api.call("PUT", `${pathOf(name)}?${version}`, { location: "westeurope", properties }, headers);
const remove = (name: string) => api.call("DELETE", `${pathOf(name)}?${version}`);

/** The Authorization header of a new application that is Contributor of a group. */
async function contributorAt(scope: string, name: string): Promise<string> {
  const { store, identity, grants } = api.controlPlane.services;
  const application = await store.write((tx) => addApplication(tx, { kind: "Application", name }, api.clock));
  const assignment = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
  const properties = {
    roleDefinitionId: "b24988ac-6180-42a0-ab88-20f7382dd24c",
    principalId: application.principalId,
  };
  expect((await api.call("PUT", `${assignment}?api-version=2022-04-01`, { properties })).status).toBe(201);
  grants.forget(application.principalId);
  return `Bearer ${(await identity.issuer.issue(application, api.controlPlane.endpoint)).accessToken}`;
}

describe("a custom location", () => {
  test("stands for a namespace of a cluster, which it alone has", async () => {
    const host = await putCluster(api, { name: "host-1" });
    const created = await put("one", { hostResourceId: host, namespace: "apps" });
    expect([created.status, created.body.type]).toEqual([201, "Microsoft.ExtendedLocation/customLocations"]);
    expect(created.properties).toMatchObject({ hostType: "Kubernetes", provisioningState: "Succeeded" });
    expect((await put("one", { hostResourceId: host, namespace: "apps" })).status).toBe(200);
    expect(
      (
        await put("two", {
          hostResourceId: host.toUpperCase().replace("/SUBSCRIPTIONS", "/subscriptions"),
          namespace: "apps",
        })
      ).errorCode,
    ).toBe("NamespaceInUse");
    expect((await put("two", { hostResourceId: host, namespace: "more" })).status).toBe(201);
    await remove("one");
    expect((await put("three", { hostResourceId: host, namespace: "apps" })).status).toBe(201);
    await remove("two");
    await remove("three");
  });

  test.each([
    ["a cluster that is not there", () => ({ hostResourceId: clusterPath(api, "none"), namespace: "a" })],
    ["a host that is no cluster", () => ({ hostResourceId: `${api.subscription}/resourceGroups/g1`, namespace: "a" })],
    [
      "an extension of another cluster",
      () => ({
        hostResourceId: clusterPath(api, "host-2"),
        namespace: "a",
        clusterExtensionIds: [extensionPath(clusterPath(api, "host-1"))],
      }),
    ],
    [
      "an extension that is not there",
      () => ({
        hostResourceId: clusterPath(api, "host-2"),
        namespace: "a",
        clusterExtensionIds: [extensionPath(clusterPath(api, "host-2"))],
      }),
    ],
  ])("with %s is refused", async (_, properties) => {
    await putCluster(api, { name: "host-2" });
    expect((await put("wrong", properties())).errorCode).toBe("ValidationFailed");
  });

  test("does not tell who may not read the cluster whether it exists", async () => {
    const authorization = await contributorAt(`${api.subscription}/resourceGroups/places`, "placer");
    for (const host of ["host-1", "none"]) {
      const answer = await put("other", { hostResourceId: clusterPath(api, host), namespace: "b" }, { authorization });
      expect(answer.errorCode).toBe("AuthorizationFailed");
    }
  });

  test("keeps its cluster and its extensions, unless the deletion is forced", async () => {
    const host = await putCluster(api, { name: "host-3" });
    const extension = extensionPath(host);
    await api.call("PUT", extension, { properties: { extensionType: "example.monitor" } });
    expect(
      (await put("keeper", { hostResourceId: host, namespace: "c", clusterExtensionIds: [extension] })).status,
    ).toBe(201);
    for (const needed of [extension, host]) {
      const refused = await api.call("DELETE", needed);
      expect([refused.status, refused.errorCode]).toEqual([409, "ResourceInUse"]);
      expect(refused.errorMessage).toContain(pathOf("keeper"));
    }
    const types = await api.call("GET", `${pathOf("keeper")}/enabledResourceTypes?${version}`);
    expect(types.body.value).toMatchObject([
      { name: "monitor", properties: { extensionType: "example.monitor", clusterExtensionId: extension } },
    ]);
    await api.call("PATCH", `${pathOf("keeper")}?${version}`, { properties: { clusterExtensionIds: [] } });
    expect((await api.call("DELETE", extension)).status).toBe(202);
    const group = await api.call("DELETE", `${api.subscription}/resourceGroups/g1`);
    expect(group.errorCode).toBe("ResourceInUse");
    await remove("keeper");
    expect((await api.call("DELETE", host)).status).toBe(202);
  });

  test("goes with its cluster when that is forced by somebody who may delete both, and by nobody else", async () => {
    const host = await putCluster(api, { name: "host-6" });
    const properties = { hostResourceId: host, namespace: "f" };
    expect((await put("along", properties)).status).toBe(201);
    const authorization = await contributorAt(`${api.subscription}/resourceGroups/g1`, "remover");
    const refused = await api.call("DELETE", `${host}?forceDelete=true`, undefined, { authorization });
    expect([refused.status, refused.errorCode]).toEqual([409, "ResourceInUse"]);
    expect(refused.errorMessage).not.toContain("along");
    expect((await api.call("GET", `${pathOf("along")}?${version}`)).status).toBe(200);
    expect((await api.call("DELETE", `${host}?forceDelete=true`)).status).toBe(202);
    expect((await api.call("GET", `${pathOf("along")}?${version}`)).status).toBe(404);
    // Nothing is left that would keep the namespace of a cluster of the same name.
    await putCluster(api, { name: "host-6" });
    expect((await put("again", properties)).status).toBe(201);
  });

  test("goes with its group together with its cluster, in whatever order", async () => {
    await putGroup(api, "both");
    const host = clusterPath(api, "host-4", "both");
    await api.call("PUT", host, { location: "westeurope", properties: { agentPublicKeyCertificate: "" } });
    const path = `${pathOf("inside", "both")}?${version}`;
    const body = { location: "westeurope", properties: { hostResourceId: host, namespace: "d" } };
    expect((await api.call("PUT", path, body)).status).toBe(201);
    const deleted = await api.call("DELETE", `${api.subscription}/resourceGroups/both`);
    expect(deleted.status).toBe(202);
    await waitFor("the group's deletion", async () => (await api.follow(deleted.headers.location)).status === 200);
    expect((await api.call("GET", path)).status).toBe(404);
  });

  test("has no rules that say where resources belong", async () => {
    const host = await putCluster(api, { name: "host-5" });
    await put("ruled", { hostResourceId: host, namespace: "e" });
    const rules = `${pathOf("ruled")}/resourceSyncRules`;
    expect((await api.call("GET", `${rules}?${version}`)).body.value).toEqual([]);
    expect((await api.call("PUT", `${rules}/r?${version}`, {})).errorCode).toBe("OperationNotSupported");
    expect((await api.call("DELETE", `${rules}/r?${version}`)).status).toBe(204);
    const found = await api.call("POST", `${pathOf("ruled")}/findTargetResourceGroup?${version}`, { labels: {} });
    expect(found.status).toBe(204);
  });
});
