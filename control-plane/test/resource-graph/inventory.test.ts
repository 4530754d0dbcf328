import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Answer, type Api, startApi } from "../support/api.ts";
import { connect, extensionPath, fluxPath, newOnboardingKey, putCluster, putGroup } from "../support/cluster.ts";

let api: Api;
const url = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01";
const secret = "not-for-inventories";

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
  for (const name of ["alpha", "beta", "gamma"]) {
    const cluster = await putCluster(api, {
      name,
      key: newOnboardingKey(),
      tags: { Env: name === "gamma" ? "test" : "prod" },
    });
    await connect(api, cluster);
    if (name === "gamma") continue;
    const installed = await api.call("PUT", extensionPath(cluster), {
      properties: {
        extensionType: "example.monitor",
        configurationSettings: { level: "high" },
        configurationProtectedSettings: { password: secret },
      },
    });
    if (installed.status > 201) throw new Error(installed.text);
  }
  const alpha = await putCluster(api, { name: "delta", key: "" });
  const made = await api.call("PUT", fluxPath(alpha), {
    properties: {
      sourceKind: "GitRepository",
      gitRepository: { url: "https://example.com/fleet.git", repositoryRef: { branch: "main" } },
      kustomizations: { apps: { path: "./apps" } },
      configurationProtectedSettings: { sshPrivateKey: Buffer.from(secret).toString("base64") },
    },
  });
  if (made.status > 201) throw new Error(made.text);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const ask = (query: string, options?: object, more: object = {}): Promise<Answer> =>
  api.call("POST", url, { query, ...(options ? { options } : {}), ...more });

async function dataOf(query: string, options?: object): Promise<unknown> {
  const answer = await ask(query, options);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.data;
}

describe("what people ask of an inventory of clusters", () => {
  test("all clusters with versions, distribution and sizes", async () => {
    const data = await dataOf(`
      Resources
      | where type =~ 'Microsoft.Kubernetes/connectedClusters'
      | project name, properties.agentVersion, properties.kubernetesVersion, Distribution = properties.distribution,
          properties.infrastructure, properties.totalNodeCount, properties.totalCoreCount
      | order by name asc`);
    expect(data).toHaveLength(4);
    expect(data).toContainEqual({
      name: "alpha",
      properties_agentVersion: "1.40.0",
      properties_kubernetesVersion: "1.34.2",
      Distribution: "k3s",
      properties_infrastructure: "generic",
      properties_totalNodeCount: 1,
      properties_totalCoreCount: 4,
    });
  });

  test("clusters without an extension, as the published query finds them", async () => {
    const data = await dataOf(`
      Resources
      | where type =~ 'Microsoft.Kubernetes/connectedClusters'
      | extend connectedClusterId = tolower(id) | project connectedClusterId, name
      | join kind = leftouter (KubernetesConfigurationResources
        | where type == 'microsoft.kubernetesconfiguration/extensions'
        | where properties.ExtensionType == 'example.monitor'
        | parse tolower(id) with connectedClusterId '/providers/microsoft.kubernetesconfiguration/extensions' *
        | project connectedClusterId
      ) on connectedClusterId
      | where connectedClusterId1 == ''
      | project name
      | order by name asc`);
    expect(data).toEqual([{ name: "delta" }, { name: "gamma" }]);
  });

  test("clusters that have any flux configuration", async () => {
    const data = await dataOf(`
      resources
      | where type == 'microsoft.kubernetes/connectedclusters'
      | extend clusterId = tolower(id)
      | join (kubernetesconfigurationresources
        | where type == 'microsoft.kubernetesconfiguration/fluxconfigurations'
        | parse tolower(id) with clusterId '/providers/microsoft.kubernetesconfiguration/fluxconfigurations/' *
      ) on clusterId
      | project name, flux = name1`);
    expect(data).toEqual([{ name: "delta", flux: "apps" }]);
  });

  test("flux configurations that are not compliant, in either spelling of the property", async () => {
    const of = (path: string, word: string) =>
      dataOf(`kubernetesconfigurationresources | where ${path} ${word} | project name`);
    expect(await of("properties.complianceState", "== 'Pending'")).toEqual([{ name: "apps" }]);
    expect(await of("properties.ComplianceState", "=~ 'Non-Compliant'")).toEqual([]);
  });

  test("flux configurations by repository and branch, with what they last took", async () => {
    const data = await dataOf(`
      kubernetesconfigurationresources
      | where properties.gitRepository.url == 'https://example.com/fleet.git'
        and properties.gitRepository.repositoryRef['branch'] == 'main'
      | project name, resourceGroup, commit = properties.sourceSyncedCommitId`);
    expect(data).toEqual([{ name: "apps", resourceGroup: "g1", commit: null }]);
  });

  test("custom locations by their cluster", async () => {
    const host = `${api.subscription}/resourceGroups/g1/providers/Microsoft.Kubernetes/connectedClusters/alpha`;
    const place = `${api.subscription}/resourceGroups/g1/providers/Microsoft.ExtendedLocation/customLocations/stores?api-version=2021-08-15`;
    const made = await api.call("PUT", place, {
      location: "westeurope",
      properties: { hostResourceId: host, namespace: "stores" },
    });
    expect([200, 201]).toContain(made.status);
    for (const table of ["resources", "extendedlocationresources"]) {
      const query = (id: string) => `${table} | where properties.hostResourceId =~ '${id}' | project name, type`;
      expect(await dataOf(query(host.toUpperCase()))).toEqual([
        { name: "stores", type: "microsoft.extendedlocation/customlocations" },
      ]);
      expect(await dataOf(query(`${host}x`))).toEqual([]);
    }
    expect((await api.call("DELETE", place)).status).toBeLessThan(300);
  });
});

describe("rows", () => {
  test("spell types and groups in lower case, and extensions as the original records them", async () => {
    const data = await dataOf("kubernetesconfigurationresources | where name =~ 'MONITOR' | where id contains 'alpha'");
    expect(data).toMatchObject([
      {
        id: `${api.subscription}/resourceGroups/g1/providers/Microsoft.Kubernetes/connectedClusters/alpha/providers/Microsoft.KubernetesConfiguration/Extensions/monitor`,
        type: "microsoft.kubernetesconfiguration/extensions",
        resourceGroup: "g1",
        subscriptionId: api.subscription.split("/").at(-1),
        kind: "",
        plan: null,
        properties: { ExtensionType: "example.monitor", ConfigurationSettings: { level: "high" } },
      },
    ]);
  });

  test("never hold what is secret, in whatever way they are asked for", async () => {
    for (const query of [
      "kubernetesconfigurationresources",
      "kubernetesconfigurationresources | project tostring(properties)",
      "kubernetesconfigurationresources | project keys = bag_keys(properties)",
      "union resources, kubernetesconfigurationresources, resourcecontainers, authorizationresources",
    ]) {
      const { text, status } = await ask(query);
      expect(status).toBe(200);
      expect(text).not.toMatch(new RegExp(`protectedSettings|${secret}`, "i"));
    }
  });

  test("of containers and roles", async () => {
    expect(await dataOf("resourcecontainers | project name, type | order by type asc")).toEqual([
      { name: "arcfleet", type: "microsoft.resources/subscriptions" },
      { name: "g1", type: "microsoft.resources/subscriptions/resourcegroups" },
    ]);
    expect(
      await dataOf(`authorizationresources
        | where type == 'microsoft.authorization/roleassignments'
        | extend role = tolower(properties.roleDefinitionId)
        | join (authorizationresources
          | where type == 'microsoft.authorization/roledefinitions'
          | extend role = tolower(id)) on role
        | project properties1.roleName`),
    ).toEqual([{ properties1_roleName: "Owner" }]);
  });

  test("by tags, in any case of their names", async () => {
    expect(await dataOf("resources | where tags.env == 'prod' | summarize count()")).toEqual([{ count_: 2 }]);
    expect(await dataOf("resources | where tags['Env'] =~ 'PROD' and location == 'westeurope' | count")).toEqual([
      { Count: 2 },
    ]);
  });
});

describe("answers", () => {
  test("come as objects, or as a table with the types of its columns", async () => {
    const query =
      "resources | summarize clusters = count(), newest = max(todatetime(systemData.createdAt)) by location";
    const { body } = await ask(query, { resultFormat: "table" });
    expect(body).toMatchObject({ totalRecords: 1, count: 1, resultTruncated: "false", facets: [] });
    expect(body.data).toMatchObject({
      columns: [
        { name: "location", type: "string" },
        { name: "clusters", type: "integer" },
        { name: "newest", type: "datetime" },
      ],
      rows: [["westeurope", 4, expect.stringMatching(/^\d{4}-\d\d-\d\dT.*0000Z$/)]],
    });
  });

  test("say what is left of the caller's quota", async () => {
    const { headers } = await ask("resources | count");
    expect(headers["x-ms-user-quota-remaining"]).toMatch(/^\d+$/);
    expect(headers["x-ms-user-quota-resets-after"]).toMatch(/^00:00:0\d$/);
  });

  test.each([
    ["resources | project name", "streamed"],
    ["resources | project name, location | order by location asc", "sorted"],
    ["resources | summarize count() by name", "grouped"],
  ])("%s pages without gaps while things come and go (%s)", async (query) => {
    const names: unknown[] = [];
    let $skipToken: unknown;
    for (let page = 0; ; page++) {
      const { body } = await ask(query, { $top: 1, ...($skipToken === undefined ? {} : { $skipToken }) });
      expect(body).toMatchObject({ totalRecords: 4, count: 1 });
      names.push(...(body.data as { name: string }[]).map(({ name }) => name));
      $skipToken = body.$skipToken;
      if ($skipToken === undefined) break;
      // Sorts before all others, so it may not push what was shown into the next page.
      if (page === 0) await putCluster(api, { name: "aaa" });
    }
    await api.call(
      "DELETE",
      `${api.subscription}/resourceGroups/g1/providers/Microsoft.Kubernetes/connectedClusters/aaa`,
    );
    expect(names).toEqual(["alpha", "beta", "delta", "gamma"]);
  });

  test("begin where $skip says", async () => {
    const { body } = await ask("resources | project name | order by name asc", { $top: 2, $skip: 1 });
    expect(body).toMatchObject({ totalRecords: 4, count: 2, data: [{ name: "beta" }, { name: "delta" }] });
  });

  test("to a token of another query, another caller or nobody are refusals", async () => {
    const { body } = await ask("resources", { $top: 1 });
    for (const [query, $skipToken] of [
      ["resources | take 3", body.$skipToken],
      ["resources", "made-up"],
    ]) {
      expect((await ask(String(query), { $skipToken })).errorMessage).toContain("does not belong to this query");
    }
  });
});

describe("refusals", () => {
  test("name the word, the line and the column, in the original's shape", async () => {
    const { status, body } = await ask("resources\n| evaluate bag_unpack(tags)");
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: "BadRequest",
      details: [
        { code: "InvalidQuery" },
        { code: "ParserFailure", line: 2, characterPositionInLine: 2, token: "evaluate" },
      ],
    });
  });

  test.each([
    [{}, "InvalidRequestContent"],
    [{ query: "resources", options: { $top: 1001 } }, "InvalidRequestContent"],
    [{ query: "resources", facets: [{ expression: "location" }] }, "BadRequest"],
    [{ query: "policyresources" }, "BadRequest"],
    [{ query: "resources", subscriptions: ["00000000-0000-4000-8000-000000000000"] }, "BadRequest"],
  ])("%j is refused as %s", async (body, code) => {
    const answer = await api.call("POST", url, body);
    expect([answer.status, answer.errorCode]).toEqual([400, code]);
  });

  test("of versions that do not exist, and of callers without a token", async () => {
    const path = "/providers/Microsoft.ResourceGraph/resources";
    expect((await api.call("POST", `${path}?api-version=2000-01-01`, { query: "resources" })).errorCode).toBe(
      "NoRegisteredProviderFound",
    );
    expect(
      (await api.controlPlane.app.inject({ method: "POST", url, payload: { query: "resources" } })).statusCode,
    ).toBe(401);
    expect(
      (await ask("resources | count", undefined, { subscriptions: [api.subscription.split("/").at(-1)] })).status,
    ).toBe(200);
  });
});

test("a query that asks which resources there are does not read what they are like", async () => {
  const { store } = api.controlPlane.services;
  const write = (properties: string) =>
    store.write((tx) => tx.updateTable("resources").set({ properties }).where("name", "=", "gamma").execute());
  const { properties } = await store.read
    .selectFrom("resources")
    .select("properties")
    .where("name", "=", "gamma")
    .executeTakeFirstOrThrow();
  await write("not to be read");
  try {
    const data = await dataOf("resources | where name == 'gamma' | project id, name, location, tags, resourceGroup");
    expect(data).toEqual([expect.objectContaining({ name: "gamma", location: "westeurope", tags: { Env: "test" } })]);
    expect(await dataOf("resources | count")).toEqual([{ Count: 4 }]);
    expect((await ask("resources | project name, properties.distribution")).status).toBe(500);
  } finally {
    await write(properties);
  }
});
