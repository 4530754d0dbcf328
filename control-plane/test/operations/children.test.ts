import type { ExtensionReport, FluxConfigurationReport } from "@arcfleet/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { loadDesired } from "../../src/desired/load.ts";
import { type Api, startApi } from "../support/api.ts";
import {
  connectedCluster,
  extensionPath,
  fluxPath,
  generationOf,
  putCluster,
  putGroup,
  report,
} from "../support/cluster.ts";

let api: Api;
let cluster: string;
let extension: string;
let flux: string;
let count = 0;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

beforeEach(async () => {
  cluster = await connectedCluster(api, `children-${count++}`);
  extension = extensionPath(cluster);
  flux = fluxPath(cluster);
});

const monitor = (properties: object = {}) => ({ properties: { extensionType: "example.monitor", ...properties } });
const git = (properties: object = {}) => ({
  properties: {
    sourceKind: "GitRepository",
    gitRepository: { url: "https://example.com/fleet.git" },
    kustomizations: { apps: { path: "./apps" } },
    ...properties,
  },
});

const extensionReport = (generation: number, more: Partial<ExtensionReport> = {}): ExtensionReport => ({
  kind: "extension",
  name: "monitor",
  generation,
  state: "Succeeded",
  observedAt: "2026-01-01T00:00:00Z",
  ...more,
});

const fluxReport = (generation: number, more: Partial<FluxConfigurationReport> = {}): FluxConfigurationReport => ({
  kind: "fluxConfiguration",
  name: "apps",
  generation,
  state: "Succeeded",
  complianceState: "Compliant",
  observedAt: "2026-01-01T00:00:00Z",
  ...more,
});

const desired = (since = 0) =>
  loadDesired(api.controlPlane.services, cluster.toLowerCase(), ["extension", "fluxConfiguration"], since);

describe("an extension", () => {
  test("is Creating until the agents report, then its operation ends", async () => {
    const made = await api.call("PUT", extension, monitor());
    expect([made.status, made.properties.provisioningState]).toEqual([201, "Creating"]);
    const link = made.headers["azure-asyncoperation"];
    const running = await api.follow(link);
    expect(running.body.status).toBe("InProgress");
    expect(running.headers["retry-after"]).toBe("1");

    const [item] = (await desired()).items;
    expect(item).toMatchObject({
      kind: "extension",
      deleting: false,
      spec: { version: "1.3.0", releaseNamespace: "monitor-system", chart: { version: "1.3.0" } },
    });
    await report(api, cluster, [extensionReport(item?.generation ?? 0, { currentVersion: "1.3.0" })]);
    expect((await api.follow(link)).body.status).toBe("Succeeded");
    expect((await api.call("GET", extension)).properties).toMatchObject({
      provisioningState: "Succeeded",
      currentVersion: "1.3.0",
      errorInfo: null,
    });
  });

  test("a failure shows in the operation and in errorInfo, and the same PUT tries again", async () => {
    const made = await api.call("PUT", extension, monitor());
    const error = { code: "ExtensionOperationFailed", message: "helm: timed out: pod monitor-0: ImagePullBackOff" };
    await report(api, cluster, [extensionReport(await generationOf(api, cluster), { state: "Failed", error })]);
    expect((await api.follow(made.headers["azure-asyncoperation"])).body).toMatchObject({ status: "Failed", error });
    expect((await api.call("GET", extension)).properties).toMatchObject({
      provisioningState: "Failed",
      errorInfo: error,
    });
    const again = await api.call("PUT", extension, monitor());
    expect([again.status, again.properties.provisioningState]).toEqual([200, "Updating"]);
    expect(again.properties.errorInfo).toBeNull();
  });

  test("a late report about an older generation changes nothing", async () => {
    const first = await api.call("PUT", extension, monitor());
    const old = await generationOf(api, cluster);
    const second = await api.call("PUT", extension, monitor({ configurationSettings: { a: "b" } }));
    await report(api, cluster, [extensionReport(old)]);
    expect((await api.call("GET", extension)).properties.provisioningState).toBe("Creating");
    await report(api, cluster, [extensionReport(old + 1)]);
    for (const answer of [first, second]) {
      expect((await api.follow(answer.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    }
  });

  test("repeating a PUT while it is being created keeps the generation and the operation", async () => {
    const first = await api.call("PUT", extension, monitor());
    const generation = await generationOf(api, cluster);
    const second = await api.call("PUT", extension, monitor());
    expect(await generationOf(api, cluster)).toBe(generation);
    expect(second.headers["azure-asyncoperation"]).toBe(first.headers["azure-asyncoperation"]);
  });

  test.each([
    ["an unknown type", monitor({ extensionType: "example.unknown" }), "ExtensionTypeNotFound", "example.monitor"],
    [
      "an unknown version",
      monitor({ version: "9.9.9", autoUpgradeMinorVersion: false }),
      "ExtensionVersionNotFound",
      "1.2.0",
    ],
    [
      "a pinned version that follows upgrades",
      monitor({ version: "1.2.0", autoUpgradeMinorVersion: true }),
      "ValidationFailed",
      "autoUpgradeMinorVersion",
    ],
    [
      "two scopes",
      monitor({ scope: { cluster: {}, namespace: { targetNamespace: "a" } } }),
      "ValidationFailed",
      "Leave one out",
    ],
  ])("%s is refused with what would do", async (_, body, code, hint) => {
    const answer = await api.call("PUT", extension, body);
    expect([answer.status, answer.errorCode]).toEqual([400, code]);
    expect(answer.errorMessage).toContain(hint);
  });

  test("what is fixed at creation cannot change, and stays when it is left out", async () => {
    await api.call("PUT", extension, monitor({ scope: { cluster: { releaseNamespace: "special" } } }));
    const changed = await api.call("PUT", extension, monitor({ scope: { cluster: { releaseNamespace: "other" } } }));
    expect([changed.status, changed.errorCode]).toEqual([400, "PropertyChangeNotAllowed"]);
    const left = await api.call("PUT", extension, monitor());
    expect(left.status).toBe(200);
    expect(left.properties.scope).toEqual({ cluster: { releaseNamespace: "special" } });
  });

  test("without its cluster is refused with 404", async () => {
    const answer = await api.call("PUT", extensionPath(`${cluster}-none`), monitor());
    expect([answer.status, answer.errorCode]).toEqual([404, "ParentResourceNotFound"]);
  });

  test("PATCH merges settings by key and answers 202, or 200 when nothing changes", async () => {
    await api.call("PUT", extension, monitor({ configurationSettings: { a: "1", b: "2" } }));
    const patched = await api.call("PATCH", extension, { properties: { configurationSettings: { b: null, c: "3" } } });
    expect(patched.status).toBe(202);
    expect(patched.properties.configurationSettings).toEqual({ a: "1", c: "3" });
    expect(patched.headers["azure-asyncoperation"]).toBeDefined();
    const same = await api.call("PATCH", extension, { properties: { configurationSettings: { c: "3" } } });
    expect(same.status).toBe(200);
  });
});

describe("protected settings", () => {
  const secretsOf = async () => {
    const item = (await desired()).items.find(({ kind }) => kind === "extension");
    return item?.spec.configurationProtectedSettings;
  };
  const put = (settings: unknown) => api.call("PUT", extension, monitor({ configurationProtectedSettings: settings }));

  test("never come back, not even in the file of the database", async () => {
    const answer = await put({ password: "tops3cret" });
    expect(answer.properties.configurationProtectedSettings).toEqual({ password: "" });
    for (const text of [answer.text, (await api.call("GET", extension)).text]) expect(text).not.toContain("tops3cret");
    const rows = await api.controlPlane.services.store.read.selectFrom("resources").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("tops3cret");
    expect(await secretsOf()).toEqual({ password: "tops3cret" });
  });

  test("stay when a PUT leaves them out, sends null, or sends back what GET showed", async () => {
    const first = await put({ password: "p" });
    for (const again of [await put(undefined), await put(null), await api.call("PUT", extension, first.body)]) {
      expect(again.status).toBe(200);
      expect(again.body.etag).toBe(first.body.etag);
    }
    expect(await secretsOf()).toEqual({ password: "p" });
  });

  test("a map says exactly which there are; an empty one removes all", async () => {
    await put({ a: "1", b: "2" });
    await put({ a: "", c: "3" });
    expect(await secretsOf()).toEqual({ a: "1", c: "3" });
    await put({});
    expect(await secretsOf()).toEqual({});
  });

  test("PATCH merges them by key", async () => {
    await put({ a: "1", b: "2" });
    await api.call("PATCH", extension, { properties: { configurationProtectedSettings: { b: null, c: "3" } } });
    expect(await secretsOf()).toEqual({ a: "1", c: "3" });
  });

  test("a changed value alone is a change", async () => {
    const first = await put({ a: "1" });
    const second = await put({ a: "2" });
    expect(second.body.etag).not.toBe(first.body.etag);
    expect(second.headers["azure-asyncoperation"]).toBeDefined();
  });
});

describe("a flux configuration", () => {
  test("follows its reports, and a change starts its compliance anew", async () => {
    await api.call("PUT", flux, git());
    expect((await api.call("GET", flux)).properties.complianceState).toBe("Pending");
    await report(api, cluster, [
      fluxReport(await generationOf(api, cluster), { sourceSyncedCommitId: "main@sha1:abc" }),
    ]);
    expect((await api.call("GET", flux)).properties).toMatchObject({
      provisioningState: "Succeeded",
      complianceState: "Compliant",
      sourceSyncedCommitId: "main@sha1:abc",
      statusUpdatedAt: "2026-01-01T00:00:00Z",
    });
    const changed = await api.call("PUT", flux, git({ kustomizations: { apps: { path: "./other" } } }));
    expect(changed.properties).toMatchObject({ complianceState: "Pending", provisioningState: "Updating" });
  });

  test("compliance changes later without an operation, and the same report twice writes nothing", async () => {
    await api.call("PUT", flux, git());
    const generation = await generationOf(api, cluster);
    await report(api, cluster, [fluxReport(generation)]);
    const broken = fluxReport(generation, { complianceState: "Non-Compliant", errorMessage: "branch not found" });
    await report(api, cluster, [broken]);
    const after = await api.call("GET", flux);
    expect(after.properties).toMatchObject({ complianceState: "Non-Compliant", errorMessage: "branch not found" });
    await report(api, cluster, [{ ...broken, observedAt: "2026-01-02T00:00:00Z" }]);
    expect((await api.call("GET", flux)).body).toEqual(after.body);
  });

  test.each([
    ["the wrong source", git({ sourceKind: "Bucket" }), "needs 'bucket'"],
    ["two sources", git({ bucket: { url: "https://b", bucketName: "b" } }), "'gitRepository' and 'bucket'"],
    ["no source", { properties: { sourceKind: "GitRepository" } }, "no source is given"],
    [
      "an unknown dependency",
      git({ kustomizations: { a: { dependsOn: ["b"] } } }),
      "which this configuration does not have",
    ],
    ["a circle", git({ kustomizations: { a: { dependsOn: ["b"] }, b: { dependsOn: ["a"] } } }), "a -> b -> a"],
  ])("%s is refused", async (_, body, hint) => {
    const answer = await api.call("PUT", flux, body);
    expect([answer.status, answer.errorCode]).toEqual([400, "ValidationFailed"]);
    expect(answer.errorMessage).toContain(hint);
  });

  test("PATCH removes a kustomization with null and switches sources with an empty block", async () => {
    await api.call("PUT", flux, git({ kustomizations: { one: {}, two: {} } }));
    const fewer = await api.call("PATCH", flux, { properties: { kustomizations: { two: null } } });
    expect(Object.keys(fewer.properties.kustomizations ?? {})).toEqual(["one"]);
    const switched = await api.call("PATCH", flux, {
      properties: { sourceKind: "Bucket", gitRepository: {}, bucket: { url: "https://b", bucketName: "b" } },
    });
    expect(switched.status).toBe(202);
    expect(switched.properties.gitRepository).toBeUndefined();
  });

  test("ignores a location that a generic client adds", async () => {
    expect((await api.call("PUT", flux, { ...git(), location: "nowhere" })).status).toBe(201);
  });
});

describe("deleting a child", () => {
  test("waits for the agents, refuses writes meanwhile, and its operation ends with the report", async () => {
    await api.call("PUT", extension, monitor());
    const deleted = await api.call("DELETE", extension);
    expect(deleted.status).toBe(202);
    expect((await api.call("GET", extension)).properties.provisioningState).toBe("Deleting");
    for (const method of ["PUT", "PATCH"] as const) {
      const refused = await api.call(method, extension, monitor());
      expect([refused.status, refused.errorCode]).toEqual([409, "AnotherOperationInProgress"]);
    }
    const again = await api.call("DELETE", extension);
    expect(again.headers["azure-asyncoperation"]).toBe(deleted.headers["azure-asyncoperation"]);
    expect((await api.follow(deleted.headers.location)).status).toBe(202);

    const [item] = (await desired()).items;
    expect(item?.deleting).toBe(true);
    await report(api, cluster, [extensionReport(item?.generation ?? 0, { state: "Deleted" })]);
    expect((await api.call("GET", extension)).status).toBe(404);
    expect((await api.follow(deleted.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    expect((await api.follow(deleted.headers.location)).status).toBe(200);
    expect((await api.call("DELETE", extension)).status).toBe(204);
  });

  test("a removal that failed ends the operation, stays Deleting, and the next DELETE tries again", async () => {
    await api.call("PUT", extension, monitor());
    const first = await api.call("DELETE", extension);
    const generation = await generationOf(api, cluster);
    const error = { code: "ExtensionOperationFailed", message: "a finalizer hangs" };
    await report(api, cluster, [extensionReport(generation, { state: "Failed", error })]);
    expect((await api.follow(first.headers["azure-asyncoperation"])).body).toMatchObject({ status: "Failed", error });
    expect((await api.call("GET", extension)).properties).toMatchObject({
      provisioningState: "Deleting",
      errorInfo: error,
    });
    await api.call("DELETE", extension);
    expect(await generationOf(api, cluster)).toBe(generation + 1);
  });

  test("forceDelete does not wait", async () => {
    await api.call("PUT", extension, monitor());
    const waiting = await api.call("DELETE", extension);
    const forced = await api.call("DELETE", `${extension}?forceDelete=true`);
    expect((await api.call("GET", extension)).status).toBe(404);
    for (const answer of [waiting, forced]) {
      expect((await api.follow(answer.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    }
    expect(await report(api, cluster, [extensionReport(99)])).toEqual({
      unknown: [{ kind: "extension", name: "monitor" }],
    });
  });

  test("a cluster without agents has nothing to wait for", async () => {
    const bare = await putCluster(api, { name: `bare-${count}` });
    await api.call("PUT", fluxPath(bare), git());
    await api.call("DELETE", fluxPath(bare));
    expect((await api.call("GET", fluxPath(bare))).status).toBe(404);
  });
});

describe("the desired state", () => {
  test("holds what changed since a generation, and subscribers are told of each change", async () => {
    const told: number[] = [];
    const stop = api.controlPlane.services.generations.subscribe(cluster.toLowerCase(), (one) => told.push(one));
    await api.call("PUT", extension, monitor());
    await api.call("PUT", flux, git({ configurationProtectedSettings: { httpsKey: "a2V5" } }));
    const { generation, items } = await desired(1);
    expect(generation).toBe(2);
    expect(items).toMatchObject([
      { kind: "fluxConfiguration", name: "apps", spec: { configurationProtectedSettings: { httpsKey: "a2V5" } } },
    ]);
    expect((await desired(generation)).items).toEqual([]);
    stop();
    await api.call("DELETE", flux);
    expect(told).toEqual([1, 2]);
  });

  test("of a cluster that is made anew under its name goes on above all that its agents may have seen", async () => {
    await api.call("PUT", flux, git());
    await api.call("PUT", flux, git({ suspend: true }));
    const before = await generationOf(api, cluster);
    await api.call("DELETE", cluster);
    await connectedCluster(api, cluster.split("/").at(-1));
    expect(await generationOf(api, cluster)).toBeGreaterThan(before);
    await api.call("PUT", flux, git());
    expect((await desired(before)).items).toMatchObject([{ name: "apps" }]);
  });

  test("hands each kind only to who asks for it", async () => {
    await api.call("PUT", extension, monitor());
    const { items } = await loadDesired(api.controlPlane.services, cluster.toLowerCase(), ["fluxConfiguration"], 0);
    expect(items).toEqual([]);
  });
});
