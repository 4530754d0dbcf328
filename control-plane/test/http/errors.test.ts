import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Api, startApi } from "../support/api.ts";
import { clusterPath, connectedCluster, extensionPath, putCluster, putGroup } from "../support/cluster.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const at = (path: string, query: string): string => `${path}${query}`;
const record = { location: "westeurope", properties: { agentPublicKeyCertificate: "" } };

describe("the error table", () => {
  test.each<[string, number, string, string]>([
    ["MissingApiVersionParameter", 400, "", "?api-version="],
    ["InvalidApiVersionParameter", 400, "", "?api-version=2024"],
    ["NoRegisteredProviderFound", 400, "", "?api-version=2024-01-02"],
    ["ResourceNotFound", 404, "", "?api-version=2024-01-01"],
  ])("%s", async (code, status, _path, query) => {
    const answer = await api.call("GET", at(clusterPath(api, "nobody"), query));
    expect([answer.status, answer.errorCode, answer.headers["x-ms-failure-cause"]]).toEqual([status, code, "gateway"]);
  });

  test("NoRegisteredProviderFound names version, type and what is supported", async () => {
    const { errorMessage } = await api.call("GET", at(clusterPath(api, "x"), "?api-version=2024-01-02"));
    for (const part of ["'2024-01-02'", "'connectedClusters'", "'Microsoft.Kubernetes'", "2021-10-01"]) {
      expect(errorMessage).toContain(part);
    }
  });

  test.each<[string, number, string]>([
    ["InvalidResourceNamespace", 404, "/resourceGroups/g1/providers/Contoso.Nothing/things/a"],
    ["InvalidResourceType", 404, "/resourceGroups/g1/providers/Microsoft.Kubernetes/things/a"],
  ])("%s", async (code, status, path) => {
    const answer = await api.call("GET", `${api.subscription}${path}?api-version=2024-01-01`);
    expect([answer.status, answer.errorCode]).toEqual([status, code]);
  });

  test("InvalidSubscriptionId and SubscriptionNotFound", async () => {
    const ask = async (id: string) =>
      (await api.call("GET", `/subscriptions/${id}/resourceGroups?api-version=2024-11-01`)).errorCode;
    expect(await ask("mine")).toBe("InvalidSubscriptionId");
    expect(["SubscriptionNotFound", "AuthorizationFailed"]).toContain(
      await ask("00000000-0000-0000-0000-000000000000"),
    );
  });

  test.each<[string, number, unknown, string]>([
    ["InvalidRequestContent", 400, "{", ""],
    ["LocationRequired", 400, { properties: { agentPublicKeyCertificate: "" } }, ""],
    ["LocationNotAvailableForResourceType", 400, { ...record, location: "atlantis" }, ""],
    ["InvalidResourceName", 400, record, "with%20space"],
    ["ResourceGroupNotFound", 404, record, "@nowhere"],
  ])("%s on a write", async (code, status, body, name) => {
    const path = name.startsWith("@") ? clusterPath(api, "a", name.slice(1)) : clusterPath(api, name || "a");
    const answer = await api.call("PUT", path, body);
    expect([answer.status, answer.errorCode]).toEqual([status, code]);
  });

  test("ParentResourceNotFound", async () => {
    const answer = await api.call("PUT", extensionPath(clusterPath(api, "nobody")), {
      properties: { extensionType: "example.monitor" },
    });
    expect([answer.status, answer.errorCode]).toEqual([404, "ParentResourceNotFound"]);
  });

  test("ValidationFailed when the kind of source and its block disagree", async () => {
    const cluster = await connectedCluster(api, "validation");
    const answer = await api.call(
      "PUT",
      `${cluster}/providers/Microsoft.KubernetesConfiguration/fluxConfigurations/f`,
      {
        properties: { sourceKind: "Bucket", gitRepository: { url: "https://example.com/a.git" } },
      },
    );
    expect([answer.status, answer.errorCode]).toEqual([400, "ValidationFailed"]);
  });

  test("InvalidResourceLocation and PreconditionFailed", async () => {
    const cluster = await putCluster(api, { name: "here" });
    const moved = await api.call("PUT", cluster, { ...record, location: "northeurope" });
    expect([moved.status, moved.errorCode]).toEqual([409, "InvalidResourceLocation"]);
    const conditions: Record<string, string>[] = [{ "if-match": '"other"' }, { "if-none-match": "*" }];
    for (const headers of conditions) {
      const answer = await api.call("PUT", cluster, record, headers);
      expect([answer.status, answer.errorCode]).toEqual([412, "PreconditionFailed"]);
    }
  });

  test("ResourceNotFound reads as clients expect it", async () => {
    const answer = await api.call("GET", clusterPath(api, "nobody"));
    expect(answer.errorMessage).toBe(
      "The Resource 'Microsoft.Kubernetes/connectedClusters/nobody' under resource group 'g1' was not found.",
    );
  });
});

describe("the registration of a subscription", () => {
  const namespace = "Microsoft.Kubernetes";
  const provider = () => `${api.subscription}/providers/${namespace}`;
  const state = async () => (await api.call("GET", provider())).body.registrationState;
  const act = (action: string) => api.call("POST", `${provider()}/${action}`);

  test("cannot end while there are resources", async () => {
    await using own = await startApi();
    await putGroup(own);
    await putCluster(own, { name: "there" });
    const answer = await own.call("POST", `${own.subscription}/providers/${namespace}/unregister`);
    expect([answer.status, answer.errorCode]).toEqual([409, "ResourceProviderInUse"]);
    const other = await own.call("POST", `${own.subscription}/providers/Microsoft.KubernetesConfiguration/unregister`);
    expect([other.status, other.body.registrationState]).toEqual([200, "Unregistered"]);
  });

  test("ended, refuses new resources with the code on which clients register; and begins again", async () => {
    await using own = await startApi();
    await putGroup(own);
    const path = `${own.subscription}/providers/${namespace}`;
    const states = async () => (await own.call("GET", path)).body.registrationState;
    expect(await states()).toBe("Registered");
    expect((await own.call("POST", `${path}/unregister?api-version=2016-02-01`)).body.registrationState).toBe(
      "Unregistered",
    );
    const refused = await own.call("PUT", clusterPath(own, "a"), record);
    expect([refused.status, refused.errorCode]).toEqual([409, "MissingSubscriptionRegistration"]);
    // How azure-mgmt-core finds it.
    expect(/'([^']+?)'/.exec(refused.errorMessage)?.[1]).toBe(namespace);
    const list = await own.call("GET", `${own.subscription}/providers`);
    expect(list.text).toContain('"registrationState":"Unregistered"');

    expect((await own.call("POST", `${path}/register?api-version=2016-02-01`)).body.registrationState).toBe(
      "Registering",
    );
    own.clock.advance(2000);
    expect(await states()).toBe("Registered");
    expect((await own.call("PUT", clusterPath(own, "a"), record)).status).toBe(201);
  });

  test("of what was registered all along stays", async () => {
    expect((await act("register")).body.registrationState).toBe("Registered");
    expect(await state()).toBe("Registered");
  });

  test("of a product that is not here is refused", async () => {
    const answer = await api.call("POST", `${api.subscription}/providers/Contoso.Nothing/register`);
    expect([answer.status, answer.errorCode]).toEqual([404, "InvalidResourceNamespace"]);
  });
});

describe("headers", () => {
  test("of every answer are those of ARM, and ids of the caller come back", async () => {
    const ids = { "x-ms-correlation-request-id": "a-b-c", "x-ms-client-request-id": "d-e-f" };
    const cluster = await putCluster(api, { name: "headers" });
    for (const path of [cluster, clusterPath(api, "nobody")]) {
      const { headers } = await api.call("GET", path, undefined, ids);
      expect(headers).toMatchObject({
        ...ids,
        "cache-control": "no-cache",
        pragma: "no-cache",
        expires: "-1",
        "strict-transport-security": expect.stringContaining("max-age="),
        "x-content-type-options": "nosniff",
        "content-type": "application/json; charset=utf-8",
        "x-ms-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
        "x-ms-routing-request-id": expect.stringMatching(/^[A-Z0-9]+:\d{8}T\d{6}Z:[0-9a-f-]{36}$/),
      });
    }
    expect((await api.call("GET", cluster)).headers.etag).toMatch(/^"[0-9a-f-]{36}"$/);
  });

  test("api-version is found however it is written, and the first counts", async () => {
    const cluster = await putCluster(api, { name: "queries" });
    for (const query of [
      "?api%2Dversion=2024-01-01",
      "?api-Version=2024-01-01",
      "?API-VERSION=2024-01-01",
      "?%61pi-version=2024-01-01",
      "?api-version=2024-01-01&api-version=nonsense",
      "?api%2Dversion=2024-01-01&api-version=nonsense",
      "?api-version=2024-07-01-PREVIEW",
    ]) {
      expect([query, (await api.call("GET", at(cluster, query))).status]).toEqual([query, 200]);
    }
    expect((await api.call("GET", at(cluster, "?api-version=nonsense&api-version=2024-01-01"))).errorCode).toBe(
      "InvalidApiVersionParameter",
    );
  });

  test("polls take any api-version, but none that is malformed", async () => {
    const made = await api.call("PUT", clusterPath(api, "polled"), record);
    const link = new URL(String(made.headers["azure-asyncoperation"]));
    const poll = (query: string) => api.call("GET", `${link.pathname}${query}`);
    for (const query of ["?api-version=2021-10-01", "?api-version=1999-01-01", "?api-version=2026-05-01"]) {
      expect((await poll(query)).status).toBe(200);
    }
    expect((await poll("?api-version=soon")).errorCode).toBe("InvalidApiVersionParameter");
    const inSubscription = `${api.subscription}${link.pathname}?api-version=2021-10-01`;
    expect((await api.call("GET", inSubscription)).body.status).toBe("Succeeded");
  });
});
