import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Api, startApi } from "../support/api.ts";
import { clusterPath, putCluster, putGroup } from "../support/cluster.ts";
import { waitFor } from "../support/wait-for.ts";

let api: Api;

beforeAll(async () => {
  api = await startApi({ maxBodyBytes: 4096 });
  await putGroup(api);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const namesOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value.map((one: Readonly<Record<string, unknown>>) => one.name) : [];

describe("what clients read before they begin", () => {
  test("the cloud's description is an object, or a list of one for the version that reads lists", async () => {
    const { app, endpoint } = api.controlPlane;
    const one = await app.inject({ method: "GET", url: "/metadata/endpoints?api-version=2022-09-01" });
    expect(one.json()).toMatchObject({
      name: "arcfleet",
      resourceManager: endpoint,
      // Terraform takes a cloud with another tenant than `common` for an Azure Stack, and refuses it.
      authentication: { loginEndpoint: endpoint, audiences: [endpoint], tenant: "common" },
      suffixes: { storage: expect.any(String), relayEndpointSuffix: expect.any(String) },
      dataplaneEndpoints: { arcConfigEndpoint: endpoint },
    });
    const many = await app.inject({ method: "GET", url: "/metadata/endpoints?api-version=2019-05-01" });
    expect(many.json()).toEqual([one.json()]);
  });

  test("there is one tenant and one enabled subscription with locations", async () => {
    expect((await api.call("GET", "/tenants")).status).toBe(200);
    const { value } = (await api.call("GET", "/subscriptions")).body;
    expect(value).toMatchObject([{ id: api.subscription, state: "Enabled", managedByTenants: [] }]);
    expect(namesOf((await api.call("GET", `${api.subscription}/locations`)).body.value)).toContain("westeurope");
  });

  test("our providers are registered, newest stable version first; others are not", async () => {
    const provider = await api.call("GET", `${api.subscription}/providers/microsoft.kubernetes`);
    expect(provider.body).toMatchObject({ namespace: "Microsoft.Kubernetes", registrationState: "Registered" });
    expect(provider.text).toContain('"locations":["West Europe"');
    const again = await api.call("POST", `${api.subscription}/providers/Microsoft.Kubernetes/register`);
    expect(again.body.registrationState).toBe("Registered");
    const other = await api.call("GET", `${api.subscription}/providers/Contoso.Web`);
    expect(other.body.registrationState).toBe("NotRegistered");
  });
});

describe("api-versions", () => {
  test.each([
    ["", "MissingApiVersionParameter"],
    ["?api-version=soon", "InvalidApiVersionParameter"],
    ["?api-version=1999-01-01", "NoRegisteredProviderFound"],
  ])("'%s' is refused as %s", async (query, code) => {
    const { app } = api.controlPlane;
    const probe = await api.call("GET", clusterPath(api));
    expect(probe.status).toBe(404);
    const authorization = await tokenOf();
    const answer = await app.inject({ method: "GET", url: `${clusterPath(api)}${query}`, headers: { authorization } });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, code]);
  });

  test.each(["api%2Dversion=2021-10-01", "api-Version=2021-10-01", "api-version=2021-10-01&api-version=1999-01-01"])(
    "%s is understood",
    async (query) => {
      const authorization = await tokenOf();
      const url = `${api.subscription}/providers/Microsoft.Kubernetes/connectedClusters?${query}`;
      const answer = await api.controlPlane.app.inject({ method: "GET", url, headers: { authorization } });
      expect(answer.statusCode).toBe(200);
    },
  );
});

async function tokenOf(): Promise<string> {
  const { app, connection, endpoint } = api.controlPlane;
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: connection.clientId,
    client_secret: connection.clientSecret,
    scope: `${endpoint}/.default`,
  });
  const answer = await app.inject({
    method: "POST",
    url: `/${connection.tenantId}/oauth2/v2.0/token`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: form.toString(),
  });
  return `Bearer ${String(answer.json().access_token)}`;
}

describe("requests that cannot be served", () => {
  test("without a token are answered 401 with a challenge, whether or not the thing exists", async () => {
    for (const url of [clusterPath(api), "/subscriptions", "/metrics"]) {
      const answer = await api.controlPlane.app.inject({ method: "GET", url: `${url}?api-version=2021-10-01` });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers["www-authenticate"]).toMatch(/^Bearer /);
    }
  });

  test.each([
    ["an unknown path", "GET", "/nothing/here", undefined, 404, "NotFound"],
    ["an unknown namespace", "GET", "{s}/providers/Contoso.Web/sites/x", undefined, 404, "InvalidResourceNamespace"],
    [
      "an unknown type",
      "GET",
      "{s}/resourceGroups/g1/providers/Microsoft.Kubernetes/pods/x",
      undefined,
      404,
      "InvalidResourceType",
    ],
    ["another method", "POST", "{s}/resourceGroups/g1", {}, 405, "MethodNotAllowed"],
    [
      "a body that is too large",
      "PUT",
      "{s}/resourceGroups/g1",
      { x: "x".repeat(5000) },
      413,
      "RequestContentTooLarge",
    ],
    [
      "a body that nests too deep",
      "PUT",
      "{s}/resourceGroups/g1",
      "[".repeat(100) + "]".repeat(100),
      400,
      "InvalidRequestContent",
    ],
    [
      "a subscription that is no GUID",
      "GET",
      "/subscriptions/mine/resourceGroups",
      undefined,
      400,
      "InvalidSubscriptionId",
    ],
    [
      "a foreign subscription",
      "GET",
      "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups",
      undefined,
      404,
      "SubscriptionNotFound",
    ],
    ["a filter that is not understood", "GET", "{s}/resources?$filter=name gt 'x'", undefined, 400, "BadRequest"],
    ["a forged page token", "GET", "{s}/resources?$skipToken=x", undefined, 400, "BadRequest"],
    [
      "an encoded slash in a name",
      "GET",
      "{s}/resourceGroups/g1/providers/Microsoft.Kubernetes/connectedClusters/a%2Fb",
      undefined,
      400,
      "BadRequest",
    ],
    [
      "an unknown operation",
      "GET",
      "/providers/Microsoft.Kubernetes/locations/local/operationStatuses/x",
      undefined,
      404,
      "OperationNotFound",
    ],
  ] as const)("%s", async (_, method, url, body, status, code) => {
    const answer = await api.call(method, url.replace("{s}", api.subscription), body);
    expect([answer.status, answer.errorCode]).toEqual([status, code]);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("a percent sign that decodes to nothing", async () => {
    const answer = await api.controlPlane.app.inject({ method: "GET", url: "/subscriptions/%zz" });
    expect([answer.statusCode, answer.json().error.code]).toEqual([400, "BadRequest"]);
  });

  test.each(["application/xml", "text/plain"])("a body of type %s is answered 415", async (type) => {
    const answer = await api.call("PUT", clusterPath(api), "<a/>", { "content-type": type });
    expect([answer.status, answer.errorCode]).toEqual([415, "UnsupportedMediaType"]);
  });
});

describe("every answer", () => {
  test("carries the ids of the request, and repeats the caller's", async () => {
    const answer = await api.call("GET", "/subscriptions", undefined, {
      "x-ms-correlation-request-id": "corr-1",
      "x-ms-client-request-id": "client-1",
    });
    expect(answer.headers).toMatchObject({
      "x-ms-request-id": expect.any(String),
      "x-ms-correlation-request-id": "corr-1",
      "x-ms-client-request-id": "client-1",
      "x-content-type-options": "nosniff",
    });
  });
});

describe("resource groups", () => {
  test("are made, found with HEAD, tagged, filtered and listed", async () => {
    const path = `${api.subscription}/resourcegroups/Tagged`;
    expect((await api.call("HEAD", path)).status).toBe(404);
    expect((await api.call("PUT", path, { location: "eastus", tags: { env: "prod" } })).status).toBe(201);
    expect((await api.call("PUT", path, { location: "East US", tags: { env: "prod" } })).status).toBe(200);
    expect((await api.call("HEAD", path)).status).toBe(204);
    const listed = await api.call(
      "GET",
      `${api.subscription}/resourcegroups?$filter=tagName eq 'ENV' and tagValue eq 'prod'`,
    );
    expect(namesOf(listed.body.value)).toEqual(["Tagged"]);
    expect((await api.call("PATCH", path, { tags: {} })).body.tags).toEqual({});
    expect((await api.call("PUT", path, { location: "westeurope" })).errorCode).toBe("InvalidResourceLocation");
  });

  test("keep what manages them, which is fixed at creation", async () => {
    const path = `${api.subscription}/resourceGroups/managed`;
    const managedBy = "/subscriptions/x/resourceGroups/y";
    expect((await api.call("PUT", path, { location: "eastus", managedBy })).body.managedBy).toBe(managedBy);
    expect((await api.call("PUT", path, { location: "eastus" })).body.managedBy).toBe(managedBy);
    const other = await api.call("PUT", path, { location: "eastus", managedBy: "/subscriptions/z" });
    expect(other.errorCode).toBe("PropertyChangeNotAllowed");
  });

  test.each(["moveResources", "validateMoveResources", "exportTemplate"])("%s is refused by name", async (action) => {
    const answer = await api.call("POST", `${api.subscription}/resourceGroups/g1/${action}`, {});
    expect([answer.status, answer.errorCode]).toEqual([400, "OperationNotSupported"]);
  });

  test("go with everything in them; Location answers 202 until then and 200 afterwards", async () => {
    await putGroup(api, "doomed");
    const inside = (index: number) => clusterPath(api, `c${index}`, "doomed");
    const body = { location: "westeurope", properties: { agentPublicKeyCertificate: "" } };
    await Promise.all(Array.from({ length: 45 }, (_, index) => api.call("PUT", inside(index), body)));
    const deleted = await api.call("DELETE", `${api.subscription}/resourceGroups/doomed`);
    expect(deleted.status).toBe(202);
    const refused = await api.call("PUT", inside(0), body);
    expect([404, 409]).toContain(refused.status);
    await waitFor("the group's deletion", async () => (await api.follow(deleted.headers.location)).status === 200);
    expect((await api.call("GET", `${api.subscription}/resourceGroups/doomed`)).errorCode).toBe(
      "ResourceGroupNotFound",
    );
    expect((await api.call("GET", inside(7))).status).toBe(404);
    expect((await api.call("DELETE", `${api.subscription}/resourceGroups/doomed`)).status).toBe(204);
  });
});

describe("lists", () => {
  beforeAll(async () => {
    await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        putCluster(api, {
          name: `list-${String(index).padStart(2, "0")}`,
          tags: { Parity: index % 2 ? "odd" : "even" },
        }),
      ),
    );
  });

  const follow = async (first: string): Promise<unknown[]> => {
    const names: unknown[] = [];
    let answer = await api.call("GET", first);
    for (;;) {
      names.push(...namesOf(answer.body.value));
      if (answer.body.nextLink === null) return names;
      answer = await api.follow(answer.body.nextLink);
    }
  };

  test.each([
    "/providers/Microsoft.Kubernetes/connectedClusters",
    "/resourceGroups/g1/providers/Microsoft.Kubernetes/connectedClusters",
  ])("%s pages with absolute links until nothing is left", async (path) => {
    const names = await follow(`${api.subscription}${path}?$top=10&api-version=2021-10-01`);
    expect(names).toHaveLength(25);
    expect(new Set(names).size).toBe(25);
  });

  test("what comes and goes between pages neither repeats nor hides others", async () => {
    const list = `${api.subscription}/providers/Microsoft.Kubernetes/connectedClusters?$top=10&api-version=2021-10-01`;
    const first = await api.call("GET", list);
    await api.call("DELETE", clusterPath(api, "list-00"));
    await putCluster(api, { name: "list-99" });
    const second = await api.follow(first.body.nextLink);
    expect(namesOf(second.body.value)[0]).toBe("list-10");
    await putCluster(api, { name: "list-00", tags: { Parity: "even" } });
    await api.call("DELETE", clusterPath(api, "list-99"));
  });

  test.each([
    ["resourceGroup eq 'G1'", 25],
    ["resourceType eq 'Microsoft.Kubernetes/connectedClusters'", 25],
    ["resourceType eq 'Microsoft.Web/sites'", 0],
    ["name eq 'LIST-03' and location eq 'West Europe'", 1],
    ["tagname eq 'parity' and tagvalue eq 'odd'", 12],
    ["tagName eq 'Parity'", 25],
    ["tagName eq 'it''s'", 0],
    ["", 25],
    ["substringof('st-1', name)", 10],
    ["startswith(name, 'list-0') and name ne 'list-03'", 9],
    ["substringof('%', name) or substringof('_', name)", 0],
    ["(name eq 'list-01' or name eq 'list-02') and resourceGroup eq 'g1'", 2],
    ["resourceType ne 'Microsoft.Kubernetes/connectedClusters'", 0],
  ])('the filter "%s" finds %d', async (filter, count) => {
    const url = `${api.subscription}/resources?$filter=${encodeURIComponent(filter)}&$expand=createdTime`;
    expect((await api.call("GET", url)).body.value).toHaveLength(count);
  });

  test("times and states are shown when they are asked for", async () => {
    const url = `${api.subscription}/resources?$top=1`;
    expect((await api.call("GET", url)).text).not.toContain("createdTime");
    const all = await api.call("GET", `${url}&$expand=createdTime,changedTime,provisioningState`);
    expect(all.body.value).toMatchObject([
      { createdTime: expect.any(String), changedTime: expect.any(String), provisioningState: "Succeeded" },
    ]);
    expect((await api.call("GET", `${url}&$expand=everything`)).errorCode).toBe("BadRequest");
  });

  test("HEAD of a resource tells whether it is there", async () => {
    expect((await api.call("HEAD", clusterPath(api, "list-01"))).status).toBe(204);
    expect((await api.call("HEAD", clusterPath(api, "none"))).status).toBe(404);
  });

  test("a list below what does not exist is answered 404", async () => {
    const inNoGroup = `${api.subscription}/resourceGroups/none/providers/Microsoft.Kubernetes/connectedClusters`;
    expect((await api.call("GET", inNoGroup)).errorCode).toBe("ResourceGroupNotFound");
    const onNoCluster = `${clusterPath(api, "none")}/providers/Microsoft.KubernetesConfiguration/extensions`;
    expect((await api.call("GET", onNoCluster)).errorCode).toBe("ResourceNotFound");
  });
});

describe("supervision", () => {
  test("health and readiness answer without a token, and metrics tell of requests and writes with one", async () => {
    const { app } = api.controlPlane;
    for (const url of ["/healthz", "/readyz"]) expect((await app.inject({ method: "GET", url })).statusCode).toBe(200);
    const { text } = await api.call("GET", "/metrics");
    expect(text).toContain("arcfleet_http_request_duration_seconds_bucket");
    expect(text).toContain("arcfleet_store_batch_writes_count");
  });
});
