import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createForgetOperations } from "../../src/jobs/forget-operations.ts";
import { type Api, startApi } from "../support/api.ts";
import {
  clusterPath,
  connect,
  connectedCluster,
  fluxPath,
  newOnboardingKey,
  putCluster,
  putGroup,
} from "../support/cluster.ts";

let api: Api;
let cluster: string;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

beforeEach(() => {
  cluster = clusterPath(api, `cluster-${count++}`);
});

const body = (properties: object = {}, more: object = {}) => ({
  location: "West Europe",
  properties: { agentPublicKeyCertificate: "", ...properties },
  ...more,
});

describe("PUT of a connected cluster", () => {
  test("answers 201 with the identity and an operation that has ended", async () => {
    const answer = await api.call("PUT", cluster, body());
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      id: cluster,
      type: "microsoft.kubernetes/connectedclusters",
      location: "westeurope",
      identity: { type: "SystemAssigned", principalId: expect.any(String), tenantId: expect.any(String) },
      properties: {
        provisioningState: "Succeeded",
        privateLinkState: "Disabled",
        connectivityStatus: "AgentNotInstalled",
      },
    });
    expect(answer.headers["retry-after"]).toBe("1");
    const operation = await api.follow(answer.headers["azure-asyncoperation"]);
    expect(operation.body).toMatchObject({ status: "Succeeded", endTime: expect.any(String) });
  });

  test("answers 200 with the same identity when it is repeated, and keeps the ETag when nothing changed", async () => {
    const first = await api.call("PUT", cluster, body());
    const second = await api.call("PUT", cluster, body());
    expect(second.status).toBe(200);
    expect(second.body).toEqual(first.body);
    const third = await api.call("PUT", cluster, body({ distribution: "k3s" }));
    expect(third.body.etag).not.toBe(first.body.etag);
    expect(third.body.identity).toEqual(first.body.identity);
  });

  test("takes back what GET answered, read-only properties included, as no change", async () => {
    const first = await api.call("PUT", cluster, body({ distribution: "k3s" }, { tags: { a: "b" } }));
    const again = await api.call("PUT", cluster, first.body);
    expect(again.status).toBe(200);
    expect(again.body.etag).toBe(first.body.etag);
  });

  test("resets what it leaves out to the default", async () => {
    await api.call("PUT", cluster, body({ azureHybridBenefit: "True" }, { tags: { a: "b" } }));
    const again = await api.call("PUT", cluster, body());
    expect(again.properties.azureHybridBenefit).toBe("NotApplicable");
    expect(again.body.tags).toEqual({});
  });

  test("keeps the public key byte for byte", async () => {
    const key = newOnboardingKey();
    await api.call("PUT", cluster, body({ agentPublicKeyCertificate: key }));
    expect((await api.call("GET", cluster)).properties).toMatchObject({
      agentPublicKeyCertificate: key,
      connectivityStatus: "Connecting",
    });
  });

  test.each([
    ["no body", undefined, 400, "InvalidRequestContent"],
    ["a list", [], 400, "InvalidRequestContent"],
    ["broken JSON", "{", 400, "InvalidRequestContent"],
    ["a member that reaches into prototypes", '{"__proto__":{}}', 400, "InvalidRequestContent"],
    ["no location", { properties: { agentPublicKeyCertificate: "" } }, 400, "LocationRequired"],
    ["an unknown location", { ...body(), location: "Atlantis" }, 400, "LocationNotAvailableForResourceType"],
    ["a property of the wrong type", body({ distribution: 7 }), 400, "InvalidRequestContent"],
    ["tags of the wrong type", body({}, { tags: { a: 1 } }), 400, "InvalidRequestContent"],
    ["a key that is none", body({ agentPublicKeyCertificate: "aGVsbG8=" }), 400, "ValidationFailed"],
  ])("refuses %s", async (_, payload, status, code) => {
    const answer = await api.call("PUT", cluster, payload);
    expect([answer.status, answer.errorCode]).toEqual([status, code]);
    expect((await api.call("GET", cluster)).status).toBe(404);
  });

  test("names the property that is wrong", async () => {
    const answer = await api.call("PUT", cluster, body({ arcAgentProfile: { agentAutoUpgrade: "Sometimes" } }));
    expect(answer.errorMessage).toContain("properties.arcAgentProfile.agentAutoUpgrade");
  });

  test("refuses a key that is too short, with its length", async () => {
    const answer = await api.call("PUT", cluster, body({ agentPublicKeyCertificate: newOnboardingKey(1024) }));
    expect(answer.errorMessage).toContain("1024 bits");
  });

  test("refuses a group that does not exist and a name that breaks the rule", async () => {
    const elsewhere = await api.call("PUT", cluster.replace("/g1/", "/nowhere/"), body());
    expect([elsewhere.status, elsewhere.errorCode]).toEqual([404, "ResourceGroupNotFound"]);
    const misnamed = await api.call("PUT", `${cluster}.x`, body());
    expect([misnamed.status, misnamed.errorCode]).toEqual([400, "InvalidResourceName"]);
    expect(misnamed.errorMessage).toContain("letters, digits, hyphens and underscores");
  });

  test("refuses another location with 409", async () => {
    await api.call("PUT", cluster, body());
    const moved = await api.call("PUT", cluster, { ...body(), location: "eastus" });
    expect([moved.status, moved.errorCode]).toEqual([409, "InvalidResourceLocation"]);
  });

  test("refuses the key of a cluster that is attached under another name, and names it", async () => {
    const key = newOnboardingKey();
    await api.call("PUT", cluster, body({ agentPublicKeyCertificate: key }));
    const other = await api.call("PUT", clusterPath(api, "another-name"), body({ agentPublicKeyCertificate: key }));
    expect([other.status, other.errorCode]).toEqual([409, "ClusterAlreadyAttached"]);
    expect(other.errorMessage).toContain(cluster);
  });
});

describe("ETags", () => {
  test("If-Match must hold", async () => {
    const { etag } = (await api.call("PUT", cluster, body())).body;
    const stale = await api.call("PUT", cluster, body({ distribution: "a" }), { "if-match": '"stale"' });
    expect([stale.status, stale.errorCode]).toEqual([412, "PreconditionFailed"]);
    const fresh = await api.call("PUT", cluster, body({ distribution: "a" }), { "if-match": String(etag) });
    expect(fresh.status).toBe(200);
    const gone = await api.call("DELETE", cluster, undefined, { "if-match": String(etag) });
    expect(gone.status).toBe(412);
  });

  test("If-Match on what does not exist fails, If-None-Match: * creates only", async () => {
    expect((await api.call("PUT", cluster, body(), { "if-match": "*" })).status).toBe(412);
    expect((await api.call("PUT", cluster, body(), { "if-none-match": "*" })).status).toBe(201);
    expect((await api.call("PUT", cluster, body(), { "if-none-match": "*" })).status).toBe(412);
  });
});

describe("casing", () => {
  test("any spelling finds the cluster, and answers keep the first one", async () => {
    const spelled = cluster
      .replace("resourceGroups", "resourcegroups")
      .replace("/g1/", "/G1/")
      .replace("cluster-", "CLUSTER-");
    const made = await api.call("PUT", spelled, body());
    expect(made.body.id).toBe(cluster.replace("cluster-", "CLUSTER-"));
    const found = await api.call("GET", cluster.toLowerCase().replaceAll("/providers/", "//providers//"));
    expect(found.body.id).toBe(made.body.id);
  });
});

describe("PATCH of a connected cluster", () => {
  test("replaces the tags as a whole and answers 200", async () => {
    await api.call("PUT", cluster, body({}, { tags: { a: "1", b: "2" } }));
    const answer = await api.call("PATCH", cluster, { tags: { c: "3" }, properties: { distribution: "k3s" } });
    expect(answer.status).toBe(200);
    expect(answer.body.tags).toEqual({ c: "3" });
    expect(answer.properties.distribution).toBe("k3s");
  });

  test("leaves alone what PATCH may not change", async () => {
    await api.call("PUT", cluster, body());
    const answer = await api.call("PATCH", cluster, { properties: { privateLinkState: "Enabled" } });
    expect(answer.properties.privateLinkState).toBe("Disabled");
  });

  test("answers 404 for what does not exist", async () => {
    expect((await api.call("PATCH", cluster, { tags: {} })).errorCode).toBe("ResourceNotFound");
  });
});

describe("DELETE of a connected cluster", () => {
  test("takes everything below it along; its operation and Location answer afterwards", async () => {
    const name = cluster.split("/").at(-1) ?? "";
    await connectedCluster(api, name);
    const flux = await api.call("PUT", fluxPath(cluster), {
      properties: { sourceKind: "GitRepository", gitRepository: { url: "https://example.com/x" } },
    });
    expect(flux.status).toBe(201);
    const answer = await api.call("DELETE", `${cluster}?forceDelete=false`);
    expect(answer.status).toBe(202);
    expect((await api.follow(answer.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    expect((await api.follow(answer.headers.location)).status).toBe(200);
    expect((await api.call("GET", cluster)).status).toBe(404);
    expect((await api.call("GET", fluxPath(cluster))).status).toBe(404);
    expect((await api.follow(flux.headers["azure-asyncoperation"])).body).toMatchObject({
      status: "Canceled",
      error: { code: "ResourceNotFound" },
    });
    expect((await api.call("DELETE", cluster)).status).toBe(204);
  });

  test("frees the name and the key", async () => {
    const key = newOnboardingKey();
    await api.call("PUT", cluster, body({ agentPublicKeyCertificate: key }));
    await api.call("DELETE", cluster);
    const again = await api.call("PUT", cluster, body({ agentPublicKeyCertificate: key }));
    expect(again.status).toBe(201);
  });

  test("operations are forgotten only after the time they are kept", async () => {
    await api.call("PUT", cluster, body());
    const link = (await api.call("DELETE", cluster)).headers["azure-asyncoperation"];
    await createForgetOperations(api.controlPlane.services)();
    expect((await api.follow(link)).status).toBe(200);
  });
});

describe("connectivity", () => {
  test("follows heartbeats and the clock", async () => {
    const name = cluster.split("/").at(-1) ?? "";
    const status = async () => (await api.call("GET", cluster)).properties.connectivityStatus;
    await putCluster(api, { name, key: newOnboardingKey() });
    expect(await status()).toBe("Connecting");
    const minutes = (count: number) => new Date(api.clock.now().getTime() - count * 60_000);
    await connect(api, cluster, minutes(14));
    expect(await status()).toBe("Connected");
    await connect(api, cluster, minutes(16));
    expect(await status()).toBe("Offline");
    await connect(api, cluster, minutes(91 * 24 * 60));
    expect(await status()).toBe("Expired");
  });

  test("what the agents say fills in what the client left open", async () => {
    const name = cluster.split("/").at(-1) ?? "";
    await connectedCluster(api, name);
    const before = await api.call("GET", cluster);
    expect(before.properties).toMatchObject({ agentVersion: "1.40.0", totalNodeCount: 1, distribution: "k3s" });
    await api.call("PATCH", cluster, { properties: { distribution: "eks" } });
    const after = await api.call("GET", cluster);
    expect(after.properties).toMatchObject({ distribution: "eks", infrastructure: "generic" });
  });
});
