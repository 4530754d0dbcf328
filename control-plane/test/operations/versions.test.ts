import { connectedCluster, definitions, extension, fluxConfiguration, knows } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { loadDesired } from "../../src/desired/load.ts";
import type { JsonObject } from "../../src/json.ts";
import { type Api, startApi } from "../support/api.ts";
import { connectedCluster as attach, clusterPath, putGroup } from "../support/cluster.ts";

let api: Api;
let parent: string;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
  parent = await attach(api, "parent");
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const at = (path: string, version: string): string => `${path}?api-version=${version}`;
const newCluster = (): string => clusterPath(api, `versions-${count++}`);
const below = (type: string): string => `${parent}/providers/Microsoft.KubernetesConfiguration/${type}/one-${count++}`;

const everything = {
  agentPublicKeyCertificate: "",
  distribution: "k3s",
  infrastructure: "generic",
  distributionVersion: "v1",
  privateLinkState: "Enabled",
  privateLinkScopeResourceId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.HybridCompute/privateLinkScopes/p",
  azureHybridBenefit: "True",
  aadProfile: { enableAzureRBAC: true, adminGroupObjectIDs: ["a"], tenantID: "t" },
  arcAgentProfile: { agentAutoUpgrade: "Disabled", systemComponents: [{ type: "x", majorVersion: 1 }] },
  securityProfile: { workloadIdentity: { enabled: true } },
  oidcIssuerProfile: { enabled: true, selfHostedIssuerUrl: "https://issuer.example.com" },
  gateway: { enabled: true, resourceId: "/subscriptions/s" },
  arcAgentryConfigurations: [{ feature: "proxy", settings: { a: "b" }, protectedSettings: { c: "hidden" } }],
};
const full = { location: "westeurope", kind: "ProvisionedCluster", properties: everything };

const has = (record: unknown, path: string): boolean => {
  const found = path.split(".").reduce<unknown>((value, step) => {
    if (typeof value !== "object" || value === null) return undefined;
    return step === "*" ? Object.values(value)[0] : (value as JsonObject)[step];
  }, record);
  return found !== undefined;
};

describe("what an api-version shows", () => {
  test.each(connectedCluster.apiVersions)("connected cluster %s: exactly what it knows", async (version) => {
    const cluster = newCluster();
    expect((await api.call("PUT", at(cluster, "2024-07-01-preview"), full)).status).toBe(201);
    const { body } = await api.call("GET", at(cluster, version));
    for (const rule of connectedCluster.versionRules ?? []) {
      if (rule.value !== undefined || rule.path.endsWith("miscellaneousProperties")) continue;
      expect([rule.path, has(body, rule.path)]).toEqual([rule.path, knows(rule, version)]);
    }
    for (const path of ["identity.principalId", "properties.connectivityStatus", "properties.distribution"]) {
      expect([path, has(body, path)]).toEqual([path, true]);
    }
    expect((body.properties as JsonObject).connectivityStatus).toBe(
      version >= "2024-01-01" ? "AgentNotInstalled" : "Connecting",
    );
  });

  test.each(extension.apiVersions)("extension %s", async (version) => {
    const path = below("extensions");
    const made = await api.call("PUT", at(path, "2025-03-01"), {
      plan: { name: "n", publisher: "p", product: "o" },
      managedBy: "/subscriptions/s/resourceGroups/g",
      properties: { extensionType: "example.monitor", autoUpgradeMode: "patch" },
    });
    expect(made.text).toContain('"autoUpgradeMode":"patch"');
    const { body } = await api.call("GET", at(path, version));
    for (const rule of extension.versionRules ?? []) {
      expect([rule.path, has(body, rule.path)]).toEqual([rule.path, knows(rule, version)]);
    }
    expect(Object.hasOwn(body.properties as object, "installedVersion")).toBe(
      version === "2022-03-01" || version === "2022-07-01",
    );
    expect(has(body, "properties.aksAssignedIdentity")).toBe(true);
  });

  test.each(fluxConfiguration.apiVersions)("flux configuration %s", async (version) => {
    const path = below("fluxConfigurations");
    const made = await api.call("PUT", at(path, "2025-04-01"), {
      properties: {
        sourceKind: "GitRepository",
        gitRepository: { url: "https://example.com/a.git", provider: "GitHub" },
        waitForReconciliation: true,
        reconciliationWaitDuration: "PT5M",
        kustomizations: { apps: { path: "a", wait: false, postBuild: { substitute: { a: "b" } } } },
      },
    });
    expect(made.status).toBe(201);
    const { body } = await api.call("GET", at(path, version));
    for (const rule of fluxConfiguration.versionRules ?? []) {
      if (rule.value !== undefined || /azureBlob|ociRepository|At$|CommitId$/.test(rule.path)) continue;
      expect([rule.path, has(body, rule.path)]).toEqual([rule.path, knows(rule, version)]);
    }
  });

  test("lists show it, too", async () => {
    const cluster = newCluster();
    await api.call("PUT", at(cluster, "2024-07-01-preview"), full);
    const list = await api.call("GET", at(cluster.slice(0, cluster.lastIndexOf("/")), "2021-10-01"));
    expect(list.text).not.toContain("privateLinkState");
    expect(list.text).toContain("agentPublicKeyCertificate");
  });
});

describe("a PUT with an older api-version", () => {
  test("keeps what it cannot say, of a cluster, while an old and a new client take turns", async () => {
    const cluster = newCluster();
    await api.call("PUT", at(cluster, "2024-07-01-preview"), full);
    for (const version of ["2021-10-01", "2022-05-01-preview", "2024-01-01"]) {
      const read = await api.call("GET", at(cluster, version));
      const changed = { ...read.body, properties: { ...read.properties, distribution: `by ${version}` } };
      const put = await api.call("PUT", at(cluster, version), changed);
      expect([version, put.status, put.properties.distribution]).toEqual([version, 200, `by ${version}`]);
      const { body } = await api.call("GET", at(cluster, "2024-07-01-preview"));
      expect(body).toMatchObject({
        kind: "ProvisionedCluster",
        properties: {
          ...everything,
          distribution: `by ${version}`,
          arcAgentryConfigurations: [{ feature: "proxy", settings: { a: "b" }, protectedSettings: { c: "" } }],
        },
      });
    }
  });

  test("resets what it can say and leaves out", async () => {
    const cluster = newCluster();
    await api.call("PUT", at(cluster, "2024-07-01-preview"), full);
    await api.call("PUT", at(cluster, "2024-01-01"), {
      location: "westeurope",
      properties: { agentPublicKeyCertificate: "" },
    });
    const { properties } = await api.call("GET", at(cluster, "2024-07-01-preview"));
    expect(properties).toMatchObject({ privateLinkState: "Disabled", azureHybridBenefit: "NotApplicable" });
    expect(properties.aadProfile).toBeUndefined();
    expect(properties.arcAgentProfile).toMatchObject({
      agentAutoUpgrade: "Enabled",
      systemComponents: [{ type: "x" }],
    });
    expect(properties.gateway).toEqual(everything.gateway);
  });

  test("ignores what it does not know, as if it had not been sent", async () => {
    const cluster = newCluster();
    const made = await api.call("PUT", at(cluster, "2021-10-01"), {
      location: "westeurope",
      kind: "no such kind",
      properties: { agentPublicKeyCertificate: "", privateLinkState: 17, gateway: "nonsense" },
    });
    expect(made.status).toBe(201);
    const { properties } = await api.call("GET", at(cluster, "2024-07-01-preview"));
    expect(properties.privateLinkState).toBe("Disabled");
    expect(properties.gateway).toBeUndefined();
  });

  test("put back as it was read changes nothing", async () => {
    const cluster = newCluster();
    await api.call("PUT", at(cluster, "2024-07-01-preview"), full);
    for (const version of connectedCluster.apiVersions) {
      const read = await api.call("GET", at(cluster, version));
      const put = await api.call("PUT", at(cluster, version), read.body);
      expect([version, put.status, put.headers.etag]).toEqual([version, 200, read.headers.etag]);
    }
  });

  test("keeps a newer source and its secrets, until it gives another one", async () => {
    const path = below("fluxConfigurations");
    await api.call("PUT", at(path, "2025-04-01"), {
      properties: {
        sourceKind: "OCIRepository",
        ociRepository: {
          url: "oci://r.example.com/a",
          tlsConfig: { privateKey: "hidden", clientCertificate: "also" },
        },
        kustomizations: { apps: { wait: false }, infra: {} },
      },
    });
    const read = await api.call("GET", at(path, "2022-03-01"));
    expect(read.properties).toMatchObject({ sourceKind: "OCIRepository" });
    expect(read.properties.ociRepository).toBeUndefined();
    const put = await api.call("PUT", at(path, "2022-03-01"), {
      properties: { ...read.properties, suspend: true, kustomizations: { apps: { path: "x" } } },
    });
    expect(put.status).toBe(200);
    const now = await api.call("GET", at(path, "2025-04-01"));
    expect(now.properties).toMatchObject({
      suspend: true,
      ociRepository: { url: "oci://r.example.com/a", tlsConfig: { privateKey: "", clientCertificate: "" } },
      kustomizations: { apps: { path: "x", wait: false } },
    });
    expect(now.properties.kustomizations).not.toHaveProperty("infra");

    const other = await api.call("PUT", at(path, "2022-03-01"), {
      properties: { sourceKind: "GitRepository", gitRepository: { url: "https://example.com/a.git" } },
    });
    expect(other.status).toBe(200);
    expect((await api.call("GET", at(path, "2025-04-01"))).properties.ociRepository).toBeUndefined();
  });

  test("refuses a value that only later versions know", async () => {
    const path = below("fluxConfigurations");
    const answer = await api.call("PUT", at(path, "2022-03-01"), {
      properties: { sourceKind: "AzureBlob", azureBlob: { url: "https://x", containerName: "c" } },
    });
    expect([answer.status, answer.errorCode]).toEqual([400, "ValidationFailed"]);
    expect(answer.errorMessage).toContain("from api-version 2022-07-01 on");
  });

  test("is read again when a newer client changed the record in between", async () => {
    const cluster = newCluster();
    await api.call("PUT", at(cluster, "2024-07-01-preview"), full);
    const old = { location: "westeurope", properties: { agentPublicKeyCertificate: "" } };
    const gateways = [false, true, false, true, false];
    await Promise.all([
      ...gateways.map((enabled) =>
        api.call("PUT", at(cluster, "2024-07-01-preview"), {
          ...full,
          properties: { ...everything, gateway: { enabled }, securityProfile: { workloadIdentity: { enabled } } },
        }),
      ),
      ...gateways.map((_, number) =>
        api.call("PUT", at(cluster, "2021-10-01"), {
          ...old,
          properties: { ...old.properties, distribution: `d${number}` },
        }),
      ),
    ]);
    const { properties } = await api.call("GET", at(cluster, "2024-07-01-preview"));
    const { gateway, securityProfile } = properties as {
      gateway: { enabled: boolean };
      securityProfile: { workloadIdentity: { enabled: boolean } };
    };
    expect(gateway.enabled).toBe(securityProfile.workloadIdentity.enabled);
  });
});

test("a record of before a default existed is the same when it is put again", async () => {
  const path = below("fluxConfigurations");
  const body = { properties: { sourceKind: "OCIRepository", ociRepository: { url: "oci://r.example.com/a" } } };
  const made = await api.call("PUT", at(path, "2025-04-01"), body);
  await api.controlPlane.services.store.write(async (tx) => {
    const row = await tx
      .selectFrom("resources")
      .select("properties")
      .where("key", "=", path.toLowerCase())
      .executeTakeFirstOrThrow();
    const properties = row.properties.replace(',"useWorkloadIdentity":false', "");
    expect(properties).not.toBe(row.properties);
    await tx.updateTable("resources").set({ properties }).where("key", "=", path.toLowerCase()).execute();
  });
  const again = await api.call("PUT", at(path, "2025-04-01"), body);
  expect([again.status, again.headers.etag]).toEqual([200, made.headers.etag]);
});

describe("sources that sign in", () => {
  const put = (properties: object) => api.call("PUT", at(below("fluxConfigurations"), "2025-04-01"), { properties });
  const blob = (more: object) => ({
    sourceKind: "AzureBlob",
    azureBlob: { url: "https://x.blob.core.windows.net", containerName: "c", ...more },
  });
  const principal = { clientId: "i", tenantId: "t" };
  const oci = (more: object) => ({ sourceKind: "OCIRepository", ociRepository: { url: "oci://r/a", ...more } });

  test.each<[string, object]>([
    ["two ways at once", blob({ accountKey: "a", sasToken: "b" })],
    ["an application without proof", blob({ servicePrincipal: principal })],
    [
      "an application with two proofs",
      blob({ servicePrincipal: { ...principal, clientSecret: "a", clientCertificate: "b" } }),
    ],
    ["a certificate without its key", oci({ tlsConfig: { clientCertificate: "a" } })],
    ["an identity and a secret of one's own", oci({ useWorkloadIdentity: true, localAuthRef: "mine" })],
    ["notation without certificates", oci({ verify: { provider: "notation" } })],
  ])("%s are refused", async (_what, properties) => {
    const answer = await put(properties);
    expect([answer.status, answer.errorCode]).toEqual([400, "ValidationFailed"]);
  });

  test.each<[string, object]>([
    ["a key", blob({ accountKey: "s3cret" })],
    ["a signature", blob({ sasToken: "s3cret" })],
    ["an application", blob({ servicePrincipal: { ...principal, clientSecret: "s3cret" } })],
    ["a certificate", oci({ tlsConfig: { clientCertificate: "s3cret", privateKey: "s3cret" } })],
  ])("with %s never tell it, and keep it when they are put back as they were read", async (_what, properties) => {
    const path = below("fluxConfigurations");
    const made = await api.call("PUT", at(path, "2025-04-01"), { properties });
    expect(made.status).toBe(201);
    const read = await api.call("GET", at(path, "2025-04-01"));
    const again = await api.call("PUT", at(path, "2025-04-01"), read.body);
    expect([again.status, again.headers.etag]).toEqual([200, made.headers.etag]);
    for (const { text } of [made, read, again]) expect(text).not.toContain("s3cret");
    const { items } = await loadDesired(api.controlPlane.services, parent.toLowerCase(), ["fluxConfiguration"], 0);
    const item = items.find(({ id }) => id === path);
    expect(JSON.stringify(item)).toContain("s3cret");
  });

  test("change from a key to a signature with a PUT that leaves the key out", async () => {
    const path = below("fluxConfigurations");
    await api.call("PUT", at(path, "2025-04-01"), { properties: blob({ accountKey: "s3cret" }) });
    const changed = await api.call("PUT", at(path, "2025-04-01"), { properties: blob({ sasToken: "other" }) });
    expect([changed.status, (changed.properties.azureBlob as JsonObject).accountKey]).toEqual([200, undefined]);
    const patched = await api.call("PATCH", at(path, "2025-04-01"), {
      properties: { azureBlob: { sasToken: null, accountKey: "third" } },
    });
    expect(patched.status).toBe(202);
    expect(patched.properties.azureBlob).toMatchObject({ accountKey: "" });
    expect(patched.properties.azureBlob).not.toHaveProperty("sasToken");
  });
});

describe("a PATCH", () => {
  test("of a cluster is done at once before 2025-12-01-preview, and takes the gateway from then on", async () => {
    const cluster = newCluster();
    await api.call("PUT", at(cluster, "2024-07-01-preview"), full);
    const body = { tags: { a: "b" }, properties: { gateway: { enabled: false } } };
    const before = await api.call("PATCH", at(cluster, "2025-08-01-preview"), body);
    expect([before.status, before.headers.location]).toEqual([200, undefined]);
    expect(before.body).toMatchObject({ tags: { a: "b" }, properties: { gateway: { enabled: true } } });
    const later = await api.call("PATCH", at(cluster, "2025-12-01-preview"), body);
    expect(later.status).toBe(202);
    expect(later.body).toMatchObject({ properties: { gateway: { enabled: false } } });
    expect((await api.follow(later.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    expect((await api.follow(later.headers.location)).status).toBe(200);
  });

  test("with an older version does not reach what that does not know", async () => {
    const path = below("extensions");
    await api.call("PUT", at(path, "2025-03-01"), {
      properties: { extensionType: "example.monitor", autoUpgradeMode: "none" },
    });
    await api.call("PATCH", at(path, "2023-05-01"), {
      properties: { autoUpgradeMode: "compatible", configurationSettings: { a: "b" } },
    });
    expect((await api.call("GET", at(path, "2025-03-01"))).properties).toMatchObject({
      autoUpgradeMode: "none",
      configurationSettings: { a: "b" },
    });
  });
});

describe("what is beside the properties", () => {
  test("is kept when it is left out, and fixed", async () => {
    const path = below("extensions");
    const plan = { name: "n", publisher: "p", product: "o", promotionCode: "c" };
    const properties = { extensionType: "example.monitor" };
    expect((await api.call("PUT", at(path, "2024-11-01"), { plan, properties })).body.plan).toEqual(plan);
    expect((await api.call("PUT", at(path, "2024-11-01"), { properties })).body.plan).toEqual(plan);
    const other = await api.call("PUT", at(path, "2024-11-01"), { plan: { ...plan, name: "x" }, properties });
    expect([other.status, other.errorCode]).toEqual([400, "PropertyChangeNotAllowed"]);
  });

  test("a plan needs its three names together", async () => {
    const answer = await api.call("PUT", at(below("extensions"), "2024-11-01"), {
      plan: { name: "n" },
      properties: { extensionType: "example.monitor" },
    });
    expect([answer.status, answer.errorCode]).toEqual([400, "ValidationFailed"]);
    expect(answer.errorMessage).toContain("'plan.publisher', 'plan.product'");
  });

  test("a kind is one of those there are, from the version on that has it", async () => {
    const kind = async (word: string, version: string) =>
      (await api.call("PUT", at(newCluster(), version), { ...full, kind: word })).errorCode;
    expect(await kind("Toaster", "2024-01-01")).toBe("ValidationFailed");
    expect(await kind("GCP", "2024-01-01")).toBe("ValidationFailed");
    expect(await kind("GCP", "2026-05-01")).toBeUndefined();
  });
});

test("every rule is about something that the type has", () => {
  for (const { apiVersions, versionRules = [], properties, output, envelope = [] } of definitions) {
    for (const { path, since, until } of versionRules) {
      const [root = "", name = ""] = path.split(".");
      const isThere =
        root === "properties" ? name in properties.shape || name in output.shape : envelope.includes(root as "kind");
      expect([path, isThere]).toEqual([path, true]);
      for (const version of [since, until]) {
        if (version !== undefined) expect([path, apiVersions.includes(version)]).toEqual([path, true]);
      }
    }
  }
});
