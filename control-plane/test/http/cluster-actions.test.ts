import { connectedCluster as definition } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Api, startApi } from "../support/api.ts";
import {
  clusterPath,
  connectedCluster,
  extensionPath,
  fluxPath,
  generationOf,
  putCluster,
  putGroup,
  report,
} from "../support/cluster.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const body = { authenticationMethod: "Token", clientProxy: true };

describe.each(["listClusterUserCredential", "listClusterUserCredentials"])("%s", (action) => {
  const ask = (cluster: string, sent: unknown = body) => api.call("POST", `${cluster}/${action}`, sent);

  test("looks at the request first", async () => {
    const cluster = clusterPath(api, "nobody");
    for (const wrong of ["", {}, { ...body, authenticationMethod: "Password" }, { ...body, clientProxy: "yes" }]) {
      expect((await ask(cluster, wrong)).errorCode).toBe("InvalidRequestContent");
    }
  });

  test("says whether there is a cluster, and whether it ever connected", async () => {
    expect([(await ask(clusterPath(api, "nobody"))).status, (await ask(clusterPath(api, "nobody"))).errorCode]).toEqual(
      [404, "ResourceNotFound"],
    );
    const answer = await ask(await putCluster(api, { name: `waiting-${action.length}` }));
    expect([answer.status, answer.errorCode]).toEqual([409, "ClusterNotConnected"]);
  });

  test("is refused by name where the tunnel would begin", async () => {
    const answer = await ask(await connectedCluster(api, `there-${action.length}`));
    expect([answer.status, answer.errorCode]).toEqual([400, "ClusterConnectNotSupported"]);
    expect(answer.errorMessage).toContain("kubeconfig");
  });

  test("is there in every api-version", async () => {
    for (const version of definition.apiVersions) {
      const { errorCode } = await api.call("POST", `${clusterPath(api, "x")}/${action}?api-version=${version}`, body);
      expect([version, errorCode]).toEqual([version, "ResourceNotFound"]);
    }
  });
});

describe("operations that run on a cluster", () => {
  const list = (cluster: string) =>
    api.call("GET", `${cluster}/providers/Microsoft.KubernetesConfiguration/operations`);

  test("are listed until they end, whatever they are about", async () => {
    const cluster = await connectedCluster(api, "busy");
    expect((await list(cluster)).body).toEqual({ value: [], nextLink: null });
    await api.call("PUT", extensionPath(cluster), { properties: { extensionType: "example.monitor" } });
    const made = await api.call("PUT", fluxPath(cluster), {
      properties: { sourceKind: "GitRepository", gitRepository: { url: "https://example.com/a.git" } },
    });
    const running = (await list(cluster)).body.value as { resourceType: string; id: string; status: string }[];
    expect(running.map(({ resourceType, status }) => [resourceType, status]).sort()).toEqual([
      ["Microsoft.KubernetesConfiguration/extensions", "InProgress"],
      ["Microsoft.KubernetesConfiguration/fluxConfigurations", "InProgress"],
    ]);
    const flux = running.find(({ id }) => id.includes("fluxConfigurations"));
    expect(String(made.headers["azure-asyncoperation"])).toContain(flux?.id);
    expect((await api.call("GET", flux?.id ?? "")).body.status).toBe("InProgress");

    await report(api, cluster, [
      {
        kind: "extension",
        name: "monitor",
        generation: await generationOf(api, cluster),
        state: "Failed",
        error: { code: "ExtensionOperationFailed", message: "helm: no space left on device" },
        observedAt: "2026-01-01T00:00:00Z",
      },
    ]);
    expect((await list(cluster)).body.value).toHaveLength(1);
  });

  test("of a cluster that is not there are not found", async () => {
    expect((await list(clusterPath(api, "nobody"))).errorCode).toBe("ResourceNotFound");
  });
});

test("a failed operation tells helm's words in every place where clients look", async () => {
  const cluster = await connectedCluster(api, "failing");
  const path = extensionPath(cluster);
  const made = await api.call("PUT", path, { properties: { extensionType: "example.monitor" } });
  const message = "helm: Error: UPGRADE FAILED: timed out waiting for the condition";
  await report(api, cluster, [
    {
      kind: "extension",
      name: "monitor",
      generation: await generationOf(api, cluster),
      state: "Failed",
      error: { code: "ExtensionOperationFailed", message },
      observedAt: "2026-01-01T00:00:00Z",
    },
  ]);
  const operation = await api.follow(made.headers["azure-asyncoperation"]);
  expect(operation.body).toMatchObject({
    status: "Failed",
    error: { code: "ExtensionOperationFailed", message },
    properties: { errorInfo: { message } },
  });
  expect((await api.call("GET", path)).properties).toMatchObject({
    provisioningState: "Failed",
    errorInfo: { code: "ExtensionOperationFailed", message },
    statuses: [{ level: "Error", message }],
  });
});

describe("extension types", () => {
  const at = (path: string) => api.call("GET", path);
  const local = () =>
    `${api.subscription}/providers/Microsoft.KubernetesConfiguration/locations/westeurope/extensionTypes`;

  test("are the same by location and by cluster, in each api-version as that has them", async () => {
    const cluster = await connectedCluster(api, "catalogue");
    const byCluster = `${cluster}/providers/Microsoft.KubernetesConfiguration/extensionTypes`;
    for (const base of [local(), byCluster]) {
      const newer = await at(`${base}/example.monitor?api-version=2024-11-01-preview`);
      expect(newer.properties).toMatchObject({
        extensionType: "example.monitor",
        supportedClusterTypes: ["connectedClusters"],
        supportedScopes: { defaultScope: "cluster" },
      });
      const first = await at(`${base}/example.monitor?api-version=2022-01-15-preview`);
      expect(Object.keys(first.properties).sort()).toEqual(["clusterTypes", "releaseTrains", "supportedScopes"]);
    }
    expect((await at(`${local().replace("westeurope", "atlantis")}?api-version=2023-05-01-preview`)).errorCode).toBe(
      "LocationNotAvailableForResourceType",
    );
  });

  test.each([
    ["clusterType=connectedClusters", true],
    ["clusterType=managedClusters", false],
    ["releaseTrain=stable", true],
    ["releaseTrain=nowhere", false],
    ["publisherId=contoso", false],
    ["offerId=contoso", false],
    ["planId=contoso", false],
  ])("are filtered by %s", async (query, isFound) => {
    const { text } = await at(`${local()}?${query}`);
    expect(text.includes("example.monitor")).toBe(isFound);
  });

  test("have versions that are filtered by train, first number, cluster type and being the newest", async () => {
    const versions = async (query: string): Promise<unknown[]> => {
      const { body } = await at(`${local()}/example.monitor/versions?${query}`);
      return (body.value as { name: string }[]).map(({ name }) => name);
    };
    const all = await versions("");
    expect(all.length).toBeGreaterThan(1);
    expect(await versions("showLatest=true")).toEqual(all.slice(0, 1));
    expect(await versions("majorVersion=1")).toEqual(all);
    expect(await versions("majorVersion=9")).toEqual([]);
    expect(await versions("releaseTrain=nowhere")).toEqual([]);
    expect(await versions("clusterType=managedClusters")).toEqual([]);
  });
});

test.each([
  "Microsoft.ContainerService/managedClusters",
  "Microsoft.HybridContainerService/provisionedClusters",
  "microsoft.resourceconnector/APPLIANCES",
])("clusters of the type %s are refused by name", async (type) => {
  const path = `${api.subscription}/resourceGroups/g1/providers/${type}/a/providers/Microsoft.KubernetesConfiguration`;
  for (const rest of ["extensions", "extensions/e", "fluxConfigurations/f", "extensionTypes"]) {
    const answer = await api.call("GET", `${path}/${rest}`);
    expect([answer.status, answer.errorCode]).toEqual([400, "ClusterTypeNotSupported"]);
  }
  const put = await api.call("PUT", `${path}/extensions/e`, { properties: { extensionType: "microsoft.flux" } });
  expect(put.errorMessage.toLowerCase()).toContain(type.toLowerCase());
});

test("the actions of a provider are listed, also those beyond reading and writing", async () => {
  const names = async (namespace: string) =>
    ((await api.call("GET", `/providers/${namespace}/operations`)).body.value as { name: string }[]).map(
      ({ name }) => name,
    );
  expect(await names("Microsoft.Kubernetes")).toEqual(
    expect.arrayContaining([
      "Microsoft.Kubernetes/connectedClusters/read",
      "Microsoft.Kubernetes/connectedClusters/listClusterUserCredential/action",
      "Microsoft.Kubernetes/register/action",
    ]),
  );
  expect(await names("Microsoft.KubernetesConfiguration")).toEqual(
    expect.arrayContaining([
      "Microsoft.KubernetesConfiguration/extensionTypes/read",
      "Microsoft.KubernetesConfiguration/operations/read",
    ]),
  );
});
