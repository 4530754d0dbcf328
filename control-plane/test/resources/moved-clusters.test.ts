import { type DesiredItem, desiredKinds } from "@arcfleet/contract";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { loadDesired } from "../../src/desired/load.ts";
import { type Api, startApi } from "../support/api.ts";
import {
  clusterPath,
  connect,
  extensionPath,
  fluxPath,
  generationOf,
  newOnboardingKey,
  putCluster,
  putGroup,
  report,
} from "../support/cluster.ts";

/** The two records of one cluster: `from` in the old region, `to` in the new one. */
describe("a cluster that moves", () => {
  let api: Api;
  let key: string;
  let from: string;
  let to: string;
  let count = 0;

  beforeAll(async () => {
    api = await startApi();
    await putGroup(api);
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    const name = `east-${count++}`;
    key = newOnboardingKey();
    from = await putCluster(api, { name, key });
    await connect(api, from);
    to = clusterPath(api, `${name}-northeurope-1`);
  });

  const move = (properties: object = {}, path = to, movedFrom = from) =>
    api.call("PUT", path, {
      location: "northeurope",
      properties: { agentPublicKeyCertificate: key, movedFrom, ...properties },
    });
  /** A later moment each time, as heartbeats come. */
  const connectAfter = async (path: string) => {
    api.clock.advance(1000);
    await connect(api, path);
  };
  const monitor = { extensionType: "example.monitor" };
  const apps = {
    sourceKind: "GitRepository",
    gitRepository: { url: "https://example.com/a.git" },
    kustomizations: { apps: { path: "./apps" } },
  };
  const putChild = async (path: string, properties: object) => {
    const answer = await api.call("PUT", path, { properties });
    if (answer.status > 201) throw new Error(answer.text);
    return answer;
  };
  const desired = async (path: string): Promise<DesiredItem[]> =>
    (await loadDesired(api.controlPlane.services, path.toLowerCase(), desiredKinds, 0)).items;
  const read = async (path: string) => (await api.call("GET", path)).properties;

  test("has two records that share its key, which tell of each other", async () => {
    expect((await move()).status).toBe(201);
    expect((await read(from)).movedTo).toBe(to);
    expect(await read(to)).toMatchObject({ movedFrom: from, connectivityStatus: "Connecting" });
    expect((await api.call("PATCH", from, { tags: { a: "b" } })).status).toBe(200);
    const again = await api.call("PUT", from, {
      location: "westeurope",
      properties: { agentPublicKeyCertificate: key },
    });
    expect(again.status).toBe(200);
  });

  test("shares its key with nobody else", async () => {
    await move();
    const stranger = clusterPath(api, `stranger-${count}`);
    const claim = (properties: object) =>
      api.call("PUT", stranger, {
        location: "westeurope",
        properties: { agentPublicKeyCertificate: key, ...properties },
      });
    expect((await claim({})).errorCode).toBe("ClusterAlreadyAttached");
    const other = await putCluster(api, { name: `other-${count}`, key: newOnboardingKey() });
    expect((await claim({ movedFrom: other })).errorCode).toBe("ValidationFailed");
  });

  test("cannot come from itself, from another type, or from elsewhere than it said", async () => {
    expect((await move({}, to, to)).errorMessage).toContain("names the connected cluster itself");
    expect((await move({}, to, `${api.subscription}/resourceGroups/g1`)).errorMessage).toContain("not the id of");
    await move();
    expect((await move({ movedFrom: clusterPath(api, "elsewhere") })).errorCode).toBe("PropertyChangeNotAllowed");
    expect((await move({ movedFrom: undefined })).status).toBe(200);
    expect((await read(to)).movedFrom).toBe(from);
  });

  test("counts generations above those that its agents know", async () => {
    await putChild(extensionPath(from), monitor);
    await putChild(fluxPath(from), apps);
    const known = await generationOf(api, from);
    await move();
    expect(await generationOf(api, to)).toBeGreaterThan(known);
  });

  test("keeps the children of the old record with its agents until the new one has connected", async () => {
    const child = extensionPath(from);
    await putChild(child, monitor);
    await move();
    expect((await api.call("DELETE", child)).status).toBe(202);
    expect((await read(child)).provisioningState).toBe("Deleting");
    expect(await desired(from)).toMatchObject([{ name: "monitor", deleting: true }]);
  });

  describe("and whose new record has connected", () => {
    beforeEach(async () => {
      await putChild(extensionPath(from), monitor);
      await putChild(fluxPath(from), apps);
      await move();
      await connectAfter(to);
    });

    test("loses a child of the old record at once when the new one has it", async () => {
      await putChild(extensionPath(to), monitor);
      expect((await api.call("DELETE", extensionPath(from))).status).toBe(202);
      expect((await api.call("GET", extensionPath(from))).status).toBe(404);
      expect(await desired(to)).toMatchObject([{ id: extensionPath(to), deleting: false }]);
    });

    test("has what the new record does not have removed by the agents, which now are that one's", async () => {
      const before = await generationOf(api, to);
      const deletion = await api.call("DELETE", extensionPath(from));
      expect((await read(extensionPath(from))).provisioningState).toBe("Deleting");
      expect(await generationOf(api, to)).toBe(before + 1);
      expect(await desired(to)).toMatchObject([{ name: "monitor", deleting: true, generation: before + 1 }]);

      const { unknown } = await report(api, to, [
        {
          kind: "extension",
          name: "monitor",
          generation: before + 1,
          state: "Deleted",
          observedAt: api.clock.now().toISOString(),
        },
      ]);
      expect(unknown).toEqual([]);
      expect((await api.call("GET", extensionPath(from))).status).toBe(404);
      expect((await api.follow(deletion.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    });

    test("tells its agents nothing of what the old record is to keep", async () => {
      expect(await desired(to)).toEqual([]);
      const { unknown } = await report(api, to, [
        {
          kind: "extension",
          name: "monitor",
          generation: 99,
          state: "Succeeded",
          observedAt: api.clock.now().toISOString(),
        },
      ]);
      expect(unknown).toEqual([{ kind: "extension", name: "monitor" }]);
    });

    test("keeps its old record as long as that holds what the new one does not", async () => {
      await putChild(extensionPath(to), monitor);
      const refused = await api.call("DELETE", from);
      expect(refused.errorCode).toBe("MoveIncomplete");
      expect(refused.errorMessage).toContain("flux configuration 'apps'");
      expect(refused.errorMessage).not.toContain("monitor");
      await putChild(fluxPath(to), apps);
      expect((await api.call("DELETE", from)).status).toBe(202);
      expect((await api.call("GET", from)).status).toBe(404);
      expect((await read(to)).connectivityStatus).toBe("Connected");
    });

    test("gives its old record up when that is forced", async () => {
      expect((await api.call("DELETE", `${from}?api-version=2024-07-01-preview&forceDelete=true`)).status).toBe(202);
      expect((await api.call("GET", from)).status).toBe(404);
    });

    test("can move on before the first move has ended", async () => {
      const third = `${from}-westeurope-2`;
      expect((await move({}, third, to)).status).toBe(201);
      await connectAfter(third);
      await putChild(extensionPath(third), monitor);
      await putChild(fluxPath(third), apps);
      // In whatever order the two old ones go.
      expect((await api.call("DELETE", to)).status).toBe(202);
      expect((await read(from)).movedTo).toBe(third);
      await api.call("DELETE", extensionPath(from));
      expect((await api.call("GET", extensionPath(from))).status).toBe(404);
      expect((await api.call("DELETE", from)).status).toBe(202);
      expect((await read(third)).movedFrom).toBe(to);
      const alone = await api.call("PUT", third, {
        location: "northeurope",
        properties: { agentPublicKeyCertificate: key, distribution: "k3s" },
      });
      expect(alone.status).toBe(200);
    });
  });
});
