import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CompiledQuery, sql } from "kysely";
import { isOnPostgres } from "../../../tests/support/test-database.ts";
import { createForgetOperations, oldOperations } from "../../src/jobs/forget-operations.ts";
import { type Answer, type Api, startApi } from "../support/api.ts";
import {
  clusterPath,
  connect,
  connectedCluster,
  extensionPath,
  generationOf,
  newOnboardingKey,
  putCluster,
  putGroup,
  report,
} from "../support/cluster.ts";

let api: Api;
let count = 0;
beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const record = (properties: object = {}) => ({
  location: "westeurope",
  properties: { agentPublicKeyCertificate: "", ...properties },
});
const monitor = { properties: { extensionType: "example.monitor" } };
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();
const operationsOf = async (path: string) =>
  api.controlPlane.services.store.read
    .selectFrom("operations")
    .select(["id", "kind", "status"])
    .where("resource_key", "=", path.toLowerCase())
    .execute();

describe("two writers", () => {
  test("with the same ETag: one of them writes", async () => {
    const cluster = await putCluster(api, { name: `etag-${count++}` });
    const etag = String((await api.call("GET", cluster)).headers.etag);
    const writers = Array.from({ length: 8 }, (_, number) =>
      api.call("PUT", cluster, record({ distribution: `d${number}` }), { "if-match": etag }),
    );
    const answers = await Promise.all(writers);
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await api.call("GET", cluster)).body).toEqual(winner?.body);
  });

  test("that create with If-None-Match: one of them creates", async () => {
    const path = clusterPath(api, `none-match-${count++}`);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => api.call("PUT", path, record(), { "if-none-match": "*" })),
    );
    expect(statuses(answers)).toEqual([201, 412, 412, 412, 412]);
  });

  test("that send the same PUT at once: one creates, the other finds it, and one operation runs", async () => {
    const cluster = clusterPath(api, `twice-${count++}`);
    expect(
      statuses(await Promise.all([api.call("PUT", cluster, record()), api.call("PUT", cluster, record())])),
    ).toEqual([200, 201]);
    expect(await operationsOf(cluster)).toHaveLength(1);

    const parent = await connectedCluster(api, `twice-parent-${count++}`);
    const path = extensionPath(parent);
    const answers = await Promise.all([api.call("PUT", path, monitor), api.call("PUT", path, monitor)]);
    expect(statuses(answers)).toEqual([200, 201]);
    const links = answers.map(({ headers }) => headers["azure-asyncoperation"]);
    expect(links[0]).toBe(links[1]);
    expect(await operationsOf(path)).toHaveLength(1);
  });
});

describe("a deletion", () => {
  test("during a creation ends both, and what is polled never becomes a 404", async () => {
    const parent = await connectedCluster(api, `during-${count++}`);
    const path = extensionPath(parent);
    const made = await api.call("PUT", path, monitor);
    const deleted = await api.call("DELETE", path);
    expect(deleted.status).toBe(202);
    expect((await api.call("GET", path)).properties.provisioningState).toBe("Deleting");
    expect((await api.call("PUT", path, monitor)).errorCode).toBe("AnotherOperationInProgress");
    expect((await api.call("PATCH", path, {})).errorCode).toBe("AnotherOperationInProgress");
    await report(api, parent, [
      {
        kind: "extension",
        name: "monitor",
        generation: await generationOf(api, parent),
        state: "Deleted",
        observedAt: "2026-01-01T00:00:00Z",
      },
    ]);
    expect((await api.call("GET", path)).status).toBe(404);
    expect((await api.follow(made.headers["azure-asyncoperation"])).body.status).toBe("Canceled");
    expect((await api.follow(deleted.headers["azure-asyncoperation"])).body.status).toBe("Succeeded");
    expect((await api.follow(deleted.headers.location)).status).toBe(200);
    expect((await api.call("DELETE", path)).status).toBe(204);
  });

  test("of the parent keeps new children out", async () => {
    const parent = await connectedCluster(api, `going-${count++}`);
    await api.controlPlane.services.store.write((tx) =>
      tx.updateTable("resources").set({ state: "Deleting" }).where("key", "=", parent.toLowerCase()).execute(),
    );
    const answer = await api.call("PUT", extensionPath(parent), monitor);
    expect([answer.status, answer.errorCode]).toEqual([409, "AnotherOperationInProgress"]);
  });

  test("and a creation at once leave the thing there or not, and nothing half", async () => {
    for (let round = 0; round < 15; round++) {
      const parent = await putCluster(api, { name: `race-${count++}` });
      const path = extensionPath(parent);
      const [child, gone, again] = await Promise.all([
        api.call("PUT", path, monitor),
        api.call("DELETE", parent),
        api.call("PUT", parent, record()),
      ]);
      expect([201, 404]).toContain(child.status);
      expect([202, 204]).toContain(gone.status);
      expect([200, 201]).toContain(again.status);
      const isThere = (await api.call("GET", parent)).status === 200;
      const isChildThere = (await api.call("GET", path)).status === 200;
      if (isChildThere) expect(isThere).toBe(true);
      const rows = await api.controlPlane.services.store.read
        .selectFrom("cluster_status")
        .select("cluster_key")
        .where("cluster_key", "=", parent.toLowerCase())
        .execute();
      expect(rows).toHaveLength(isThere ? 1 : 0);
    }
  });
});

describe("a long history", () => {
  const many = 100_000;
  const hour = 3_600_000;

  test("is forgotten in bounded steps, by an index, and never what may be polled", async () => {
    await using own = await startApi();
    const { services } = own.controlPlane;
    const { store, clock, settings } = services;
    const ended = (ageMs: number): string => new Date(clock.now().getTime() - ageMs).toISOString();
    const insert = (name: string, rows: number, status: string, end: string | null) =>
      store.write((tx) =>
        sql`insert into operations
              (id, resource_key, resource_id, kind, status, generation, correlation_id, started_at, ended_at)
            with recursive numbers (i) as (select 1 union all select i + 1 from numbers where i < ${rows})
            select ${name} || i, '/subscriptions/s', '/subscriptions/s', 'put', ${status}, 0, 'c', '2026-01-01', ${end}
            from numbers`.execute(tx),
      );
    for (let part = 0; part < 10; part++) {
      await insert(`old-${part}-`, many / 10, "Succeeded", ended(settings.operationRetentionMs + hour));
    }
    await insert("new-", 1000, "Failed", ended(settings.operationRetentionMs - hour));
    await insert("running-", 1000, "InProgress", null);

    const forget = createForgetOperations(services);
    const first = await forget();
    expect(first).toEqual({ removed: 50_000, isDone: false });
    let runs = 1;
    while (!(await forget()).isDone) runs += 1;
    expect(runs).toBe(many / 50_000);
    const left = await store.read.selectFrom("operations").select("status").execute();
    expect(left.filter(({ status }) => status === "Failed")).toHaveLength(1000);
    expect(left.filter(({ status }) => status === "InProgress")).toHaveLength(1000);

    if (isOnPostgres()) return;
    const { sql: text, parameters } = oldOperations(store.read, ended(0)).compile();
    const plan = await store.read.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${text}`, [...parameters]),
    );
    expect(plan.rows.map(({ detail }) => detail).join("; ")).toMatch(/using (covering )?index operations_by_end/i);
  });

  test("is not touched while the clock was just set", async () => {
    await using own = await startApi();
    const { services } = own.controlPlane;
    const path = clusterPath(own, "kept");
    await putGroup(own);
    const made = await own.call("PUT", path, record());
    let elapsed = 0;
    const forget = createForgetOperations(services, () => elapsed);
    own.clock.advance(365 * 24 * hour);
    expect(await forget()).toEqual({ removed: 0, isDone: true });
    own.clock.advance(-365 * 24 * hour);
    expect(await forget()).toEqual({ removed: 0, isDone: true });
    expect((await own.follow(made.headers["azure-asyncoperation"])).status).toBe(200);
    own.clock.advance(49 * hour);
    elapsed += 49 * hour;
    expect(await forget()).toEqual({ removed: 1, isDone: true });
  });
});

describe("a clock that is set", () => {
  const hour = 3_600_000;

  test("back and forth changes the connectivity of nobody who goes on reporting, and calls nobody connected who does not", async () => {
    await using own = await startApi();
    await putGroup(own);
    const cluster = await connectedCluster(own, "jumping");
    const status = async () => (await own.call("GET", cluster)).properties.connectivityStatus;
    expect(await status()).toBe("Connected");
    own.clock.advance(-24 * hour);
    const token = await own.call("GET", cluster);
    expect([200, 401]).toContain(token.status);
    own.clock.advance(24 * hour);
    expect(await status()).toBe("Connected");
  });

  test("back shows a cluster as it is, not as it will have been", async () => {
    await using own = await startApi();
    await putGroup(own);
    const cluster = await putCluster(own, { name: "ahead", key: newOnboardingKey() });
    await connect(own, cluster, new Date(own.clock.now().getTime() + 24 * hour));
    const status = async () => (await own.call("GET", cluster)).properties.connectivityStatus;
    expect(await status()).toBe("Offline");
    await connect(own, cluster);
    expect(await status()).toBe("Connected");
  });

  test("back refuses tokens of the future with the challenge that makes clients fetch another, and gives them one", async () => {
    await using own = await startApi();
    await putGroup(own);
    own.clock.advance(-3 * hour);
    const old = await own.call("GET", `${own.subscription}/resourceGroups/g1`);
    if (old.status !== 200) {
      expect([old.status, String(old.headers["www-authenticate"])]).toEqual([401, expect.stringMatching(/claims="/)]);
    }
    const { connection, services } = own.controlPlane;
    const { accessToken } = await services.identity.requestToken(
      {
        grant_type: "client_credentials",
        client_id: connection.clientId,
        client_secret: connection.clientSecret,
        scope: `${connection.endpoint}/.default`,
      },
      "test",
    );
    const fresh = await own.call("GET", `${own.subscription}/resourceGroups/g1`, undefined, {
      authorization: `Bearer ${accessToken}`,
    });
    expect(fresh.status).toBe(200);
  });

  test("back while an operation runs does not let it end before it began", async () => {
    const parent = await connectedCluster(api, `before-${count++}`);
    const made = await api.call("PUT", extensionPath(parent), monitor);
    api.clock.advance(-5_000);
    await report(api, parent, [
      {
        kind: "extension",
        name: "monitor",
        generation: await generationOf(api, parent),
        state: "Succeeded",
        observedAt: "2026-01-01T00:00:00Z",
      },
    ]);
    api.clock.advance(5_000);
    const { body } = await api.follow(made.headers["azure-asyncoperation"]);
    expect(body.status).toBe("Succeeded");
    expect(Date.parse(String(body.endTime))).toBeGreaterThanOrEqual(Date.parse(String(body.startTime)));
  });
});
