import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { addAssignment } from "../../src/authorization/role-assignments.ts";
import { loadDesired } from "../../src/desired/load.ts";
import { addApplication } from "../../src/identity/applications.ts";
import { forgetCharts, uploadLifeMs } from "../../src/jobs/forget-charts.ts";
import { type Api, startApi } from "../support/api.ts";
import { putType, smallChart, typePath, uploadChart } from "../support/charts.ts";
import { connectedCluster, extensionPath, generationOf, putGroup, report } from "../support/cluster.ts";
import { waitFor } from "../support/wait-for.ts";

let api: Api;
beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
  await putGroup(api, "g2");
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const newType = (group?: string): string => typePath(api, `contoso.${randomUUID().slice(0, 8)}`, group);
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const newCluster = () => connectedCluster(api, `c-${randomUUID().slice(0, 8)}`);

/** What the agents of a cluster are told about its one extension. */
async function desired(cluster: string) {
  const { items } = await loadDesired(api.controlPlane.services, cluster.toLowerCase(), ["extension"], 0);
  const item = items[0];
  if (item?.kind !== "extension") throw new Error("nothing is desired");
  return item;
}

async function install(cluster: string, type: string, properties: object = {}): Promise<string> {
  const path = extensionPath(cluster, "own");
  const answer = await api.call("PUT", path, { properties: { extensionType: nameOf(type), ...properties } });
  if (answer.status > 201) throw new Error(answer.text);
  const { generation } = await desired(cluster);
  await report(api, cluster, [
    { kind: "extension", name: "own", generation, state: "Succeeded", observedAt: api.clock.now().toISOString() },
  ]);
  return path;
}

/** An application with a role at a scope, as an `Authorization` header. */
async function callerWith(role: keyof typeof builtInRoles, scope: string): Promise<Record<string, string>> {
  const { store, identity } = api.controlPlane.services;
  const application = await store.write(async (tx) => {
    const made = await addApplication(tx, { kind: "Application", name: `a ${role} ${randomUUID()}` }, api.clock);
    const { principalId } = made;
    const assignment = {
      role: builtInRoles[role].id,
      principalId,
      principalType: "ServicePrincipal",
      createdBy: "test",
    };
    await addAssignment(tx, { scope, ...assignment }, api.clock);
    return made;
  });
  const { accessToken } = await identity.issuer.issue(application, api.controlPlane.endpoint);
  return { authorization: `Bearer ${accessToken}` };
}

describe("an upload", () => {
  test("is kept once, and asked for without its content", async () => {
    const type = newType();
    const chart = await smallChart("1.0.0");
    expect((await api.call("GET", `${type}/charts/${chart.contentDigest}`)).errorCode).toBe("ResourceNotFound");
    expect((await uploadChart(api, type, chart)).status).toBe(201);
    expect((await uploadChart(api, type, chart)).status).toBe(200);
    expect((await api.call("GET", `${type}/charts/${chart.contentDigest}`)).status).toBe(200);
    // Whoever may write one type cannot use the charts of another.
    expect((await api.call("GET", `${newType()}/charts/${chart.contentDigest}`)).status).toBe(404);
  });

  test("that is not what its digest says is refused", async () => {
    const [chart, other] = await Promise.all([smallChart("1.0.0"), smallChart("1.0.0", "two")]);
    const answer = await uploadChart(api, newType(), { content: chart.content, contentDigest: other.contentDigest });
    expect(answer).toMatchObject({ status: 400, errorCode: "ChartRejected" });
    expect(answer.errorMessage).toContain(chart.contentDigest);
  });

  test("that is no chart, too large, or no archive is refused", async () => {
    const { contentDigest } = await smallChart("1.0.0");
    const send = (content: Buffer, headers = {}) => uploadChart(api, newType(), { content, contentDigest }, headers);
    expect((await send(Buffer.from("nonsense"))).errorCode).toBe("ChartRejected");
    expect((await send(Buffer.alloc(4 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await send(Buffer.from("{}"), { "content-type": "application/json" })).status).toBe(415);
  });

  test("needs the right to write the type, and a group that exists", async () => {
    const type = newType();
    const chart = await smallChart("1.0.0");
    const reader = await callerWith("reader", api.subscription);
    expect((await uploadChart(api, type, chart, reader)).errorCode).toBe("AuthorizationFailed");
    const elsewhere = await callerWith("contributor", `${api.subscription}/resourceGroups/g2`);
    expect((await uploadChart(api, type, chart, elsewhere)).errorCode).toBe("AuthorizationFailed");
    expect((await uploadChart(api, newType("g2"), chart, elsewhere)).status).toBe(201);
    expect((await uploadChart(api, newType("nowhere"), chart)).errorCode).toBe("ResourceGroupNotFound");
    const foreign = type.replace(api.subscription, `/subscriptions/${randomUUID()}`);
    expect((await uploadChart(api, foreign, chart)).errorCode).toBe("SubscriptionNotFound");
    expect((await uploadChart(api, typePath(api, "Not A Name".replaceAll(" ", "%20")), chart)).errorCode).toBe(
      "InvalidResourceName",
    );
  });

  test("that no version names is forgotten after an hour", async () => {
    const [type, registered] = [newType(), newType()];
    const chart = await smallChart("1.0.0");
    await uploadChart(api, type, chart);
    await putType(api, registered, { "1.0.0": ["Stable"] });
    api.clock.advance(uploadLifeMs + 1);
    await forgetCharts(api.controlPlane.services);
    expect((await api.call("GET", `${type}/charts/${chart.contentDigest}`)).status).toBe(404);
    expect((await api.call("GET", `${registered}/charts/${chart.contentDigest}`)).status).toBe(200);
  });
});

describe("registering", () => {
  test("makes the type available to extensions, in its own namespace", async () => {
    const type = newType();
    const answer = await putType(api, type, { "1.0.0": ["Stable"], "1.1.0": ["Preview"] });
    expect(answer).toMatchObject({ status: 201, properties: { provisioningState: "Succeeded" } });
    const cluster = await newCluster();
    await install(cluster, type);
    const { archive } = { archive: await smallChart("1.0.0") };
    expect((await desired(cluster)).spec).toMatchObject({
      extensionType: nameOf(type),
      version: "1.0.0",
      releaseNamespace: nameOf(type).replace(".", "-"),
      chart: {
        url: `oci://${new URL(api.controlPlane.endpoint).host}/extension-types/${nameOf(type)}`,
        version: "1.0.0",
        digest: archive.digest,
      },
    });
  });

  test("takes a name once in the subscription, and none that is reserved", async () => {
    const type = newType();
    await putType(api, type, {});
    const again = await putType(api, typePath(api, nameOf(type), "g2"), {});
    expect(again).toMatchObject({ status: 409, errorCode: "ExtensionTypeExists" });
    for (const name of ["microsoft.flux", "microsoft.anything", "arcfleet.x"]) {
      expect((await putType(api, typePath(api, name), {})).errorCode).toBe("ExtensionTypeExists");
    }
  });

  test("wants a chart of that very version", async () => {
    const type = newType();
    const chart = await smallChart("1.0.0");
    await uploadChart(api, type, chart);
    const put = (version: string, chartDigest: string) =>
      api.call("PUT", type, { properties: { versions: { [version]: { chartDigest } } } });
    const other = await put("2.0.0", chart.contentDigest);
    expect(other).toMatchObject({ status: 400, errorCode: "ValidationFailed" });
    expect(other.errorMessage).toContain("says in its Chart.yaml that it is version 1.0.0");
    const missing = await put("1.0.0", `sha256:${"0".repeat(64)}`);
    expect(missing.errorMessage).toContain(`PUT it to ${type}/charts/sha256:000`);
    expect((await put("1.0.0", chart.contentDigest)).status).toBe(201);
  });

  test("a version that nobody uses may get another content and may go, with its chart", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": ["Stable"] });
    const [old, other] = await Promise.all([smallChart("1.0.0"), smallChart("1.0.0", "two")]);
    await uploadChart(api, type, other);
    const versions = { "1.0.0": { chartDigest: other.contentDigest } };
    expect((await api.call("PUT", type, { properties: { versions } })).status).toBe(200);
    expect((await api.call("GET", `${type}/charts/${old.contentDigest}`)).status).toBe(404);
    expect((await api.call("PATCH", type, { properties: { versions: { "1.0.0": null } } })).status).toBe(200);
    expect((await api.call("GET", `${type}/charts/${other.contentDigest}`)).status).toBe(404);
  });

  test("what an extension uses keeps its content and stays", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": ["Stable"], "2.0.0": ["Stable"] });
    const pinned = await install(await newCluster(), type, { version: "1.0.0" });
    const other = await smallChart("1.0.0", "two");
    await uploadChart(api, type, other);
    const changed = await api.call("PATCH", type, {
      properties: { versions: { "1.0.0": { chartDigest: other.contentDigest } } },
    });
    expect(changed).toMatchObject({ status: 409, errorCode: "ExtensionTypeInUse" });
    expect(changed.errorMessage).toMatch(/raise the version/);
    const removed = await api.call("PATCH", type, { properties: { versions: { "1.0.0": null } } });
    expect(removed).toMatchObject({ status: 409, errorCode: "ExtensionTypeInUse" });
    expect(removed.errorMessage).toContain(`'${pinned}'`);
    const deleted = await api.call("DELETE", type);
    expect(deleted).toMatchObject({ status: 409, errorCode: "ExtensionTypeInUse" });
    await api.call("DELETE", `${pinned}?forceDelete=true&api-version=2023-05-01`);
    expect((await api.call("DELETE", type)).status).toBe(202);
    expect((await api.call("GET", type)).status).toBe(404);
  });

  test("users whom the caller may not read are counted, not named", async () => {
    const type = newType("g2");
    await putType(api, type, { "1.0.0": ["Stable"] });
    const used = await install(await newCluster(), type);
    const contributor = await callerWith("contributor", `${api.subscription}/resourceGroups/g2`);
    const answer = await api.call("DELETE", type, undefined, contributor);
    expect(answer.errorMessage).toContain("use it: 1 more.");
    expect(answer.text).not.toContain(used);
  });
});

describe("a group that holds types", () => {
  test("cannot be deleted while extensions outside of it use them; with those inside it can", async () => {
    await putGroup(api, "types");
    const type = newType("types");
    await putType(api, type, { "1.0.0": ["Stable"] });
    const extension = await install(await newCluster(), type);
    const group = `${api.subscription}/resourceGroups/types`;
    expect(await api.call("DELETE", group)).toMatchObject({ status: 409, errorCode: "ExtensionTypeInUse" });
    await api.call("DELETE", `${extension}?forceDelete=true&api-version=2023-05-01`);
    expect((await api.call("DELETE", group)).status).toBe(202);
    await waitFor("the group is gone", async () => (await api.call("GET", group)).status === 404);
    expect((await putType(api, typePath(api, nameOf(type), "g2"), {})).status).toBe(201);
  });
});

describe("a new version on the train", () => {
  const stable = ["Stable"];

  test("is what followers get, and nobody else", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": stable });
    const [follower, pinned, other] = await Promise.all([newCluster(), newCluster(), newCluster()]);
    await install(follower, type, { configurationProtectedSettings: { password: "hunter2" } });
    await install(pinned, type, { version: "1.0.0" });
    await install(other, type, { autoUpgradeMinorVersion: false });
    const before = await Promise.all([pinned, other].map((cluster) => generationOf(api, cluster)));

    expect((await putType(api, type, { "1.0.0": stable, "1.1.0": stable })).status).toBe(200);
    await waitFor("the follower is upgraded", async () => (await desired(follower)).spec.version === "1.1.0");
    expect((await desired(follower)).spec.configurationProtectedSettings).toEqual({ password: "hunter2" });
    expect((await api.call("GET", extensionPath(follower, "own"))).properties.provisioningState).toBe("Updating");
    expect(await Promise.all([pinned, other].map((cluster) => generationOf(api, cluster)))).toEqual(before);
  });

  test("that only changes trains is followed as well, and taken back when it leaves the train", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": stable, "2.0.0": ["Preview"] });
    const cluster = await newCluster();
    await install(cluster, type);
    await putType(api, type, { "1.0.0": stable, "2.0.0": ["Preview", "Stable"] });
    await waitFor("the new one", async () => (await desired(cluster)).spec.version === "2.0.0");
    await putType(api, type, { "1.0.0": stable });
    await waitFor("the old one again", async () => (await desired(cluster)).spec.version === "1.0.0");
  });

  test("replaces the only one: followers move on, so the old one may go at once", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": stable });
    const cluster = await newCluster();
    await install(cluster, type);
    expect((await putType(api, type, { "1.1.0": stable })).status).toBe(200);
    await waitFor("the follower is upgraded", async () => (await desired(cluster)).spec.version === "1.1.0");
    const off = await putType(api, type, { "1.2.0": ["Preview"] });
    expect(off).toMatchObject({ status: 409, errorCode: "ExtensionTypeInUse" });
  });

  test("leaves those alone who have it already", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": stable });
    const cluster = await newCluster();
    const extension = await install(cluster, type);
    const before = await api.call("GET", extension);
    await putType(api, type, { "1.0.0": stable, "0.9.0": stable }, { description: "changed" });
    const { store } = api.controlPlane.services;
    await waitFor("the mark is gone", async () => {
      const rows = await store.read
        .selectFrom("extension_types")
        .selectAll()
        .where("name", "=", nameOf(type))
        .execute();
      return rows[0]?.unfollowed === null;
    });
    expect((await api.call("GET", extension)).body).toEqual(before.body);
  });
});

describe("extension types as Azure shows them", () => {
  const byLocation = () =>
    `${api.subscription}/providers/Microsoft.KubernetesConfiguration/locations/westeurope/extensionTypes`;
  const names = (body: { readonly value?: unknown }) =>
    (body.value as readonly { readonly name: string }[]).map(({ name }) => name);

  test("are listed by location and by cluster, bundled and own, in every api-version", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": ["Stable"] }, { description: "Ours", publisher: "Contoso" });
    const cluster = await newCluster();
    const byCluster = `${cluster}/providers/Microsoft.KubernetesConfiguration/extensionTypes`;
    for (const base of [byLocation(), byCluster]) {
      for (const version of ["2022-01-15-preview", "2023-05-01-preview", "2024-11-01-preview"]) {
        const answer = await api.call("GET", `${base}?api-version=${version}`);
        expect(names(answer.body)).toEqual(expect.arrayContaining(["example.monitor", nameOf(type)]));
      }
      expect((await api.call("GET", `${base}/${nameOf(type)}`)).body).toEqual({
        id: `${base}/${nameOf(type)}`,
        name: nameOf(type),
        type: "Microsoft.KubernetesConfiguration/extensionTypes",
        properties: {
          extensionType: nameOf(type),
          isSystemExtension: false,
          isManagedIdentityRequired: false,
          description: "Ours",
          publisher: "Contoso",
          planInfo: null,
          supportedClusterTypes: ["connectedClusters"],
          supportedScopes: {
            defaultScope: "cluster",
            clusterScopeSettings: {
              allowMultipleInstances: false,
              defaultReleaseNamespace: nameOf(type).replace(".", "-"),
            },
          },
        },
      });
    }
    expect((await api.call("GET", `${byLocation()}/contoso.none`)).errorCode).toBe("ResourceNotFound");
    expect((await api.call("GET", `${byLocation()}?api-version=2023-05-01`)).errorCode).toBe(
      "NoRegisteredProviderFound",
    );
  });

  test("are paged in the order of their names", async () => {
    await Promise.all(["page.a", "page.b", "page.c"].map((name) => putType(api, typePath(api, name), {})));
    const all = names((await api.call("GET", byLocation())).body);
    const paged: string[] = [];
    let answer = await api.call("GET", `${byLocation()}?$top=2`);
    for (;;) {
      paged.push(...names(answer.body));
      if (answer.body.nextLink === undefined || answer.body.nextLink === null) break;
      answer = await api.follow(answer.body.nextLink);
    }
    expect(paged).toEqual(all);
    expect(all).toEqual(all.toSorted());
  });

  test("show their versions by train and major version", async () => {
    const type = newType();
    await putType(api, type, { "1.0.0": ["Stable"], "1.1.0": ["Preview"], "2.0.0": ["Stable"] });
    const versions = async (query = "") =>
      names((await api.call("GET", `${byLocation()}/${nameOf(type)}/versions${query}`)).body);
    expect(await versions()).toEqual(["2.0.0", "1.1.0", "1.0.0"]);
    expect(await versions("?releaseTrain=preview")).toEqual(["1.1.0"]);
    expect(await versions("?majorVersion=1&releaseTrain=Stable")).toEqual(["1.0.0"]);
    expect(await versions("?showLatest=true")).toEqual(["2.0.0"]);
    expect((await api.call("GET", `${byLocation()}/${nameOf(type)}/versions/1.1.0`)).body).toMatchObject({
      name: "1.1.0",
      type: "Microsoft.KubernetesConfiguration/extensionTypes/versions",
      properties: { version: "1.1.0", supportedClusterTypes: ["connectedClusters"] },
    });
    expect((await api.call("GET", `${byLocation()}/${nameOf(type)}/versions/9.9.9`)).status).toBe(404);
    expect(names((await api.call("GET", `${byLocation()}?clusterType=managedClusters`)).body)).toEqual([]);
  });
});
