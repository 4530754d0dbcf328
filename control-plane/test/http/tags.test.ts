import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Api, startApi } from "../support/api.ts";
import { clusterPath, extensionPath, putCluster, putGroup } from "../support/cluster.ts";

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
  await putCluster(api);
});

afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const tagsAt = (scope: string): string => `${scope}/providers/Microsoft.Resources/tags/default`;
const body = (tags: Readonly<Record<string, string>>, operation?: string) => ({ operation, properties: { tags } });

describe.each([
  ["the subscription", () => api.subscription],
  ["a group", () => `${api.subscription}/resourceGroups/g1`],
  ["a cluster", () => clusterPath(api)],
] as const)("the tags of %s", (_, scopeOf) => {
  test("are replaced, merged, deleted by name or by pair, and removed", async () => {
    const path = tagsAt(scopeOf());
    const tags = async () => (await api.call("GET", path)).properties.tags;
    const put = await api.call("PUT", path, body({ Env: "prod", team: "a" }));
    expect([put.status, put.body]).toMatchObject([
      200,
      { id: path, name: "default", type: "Microsoft.Resources/tags", properties: { tags: { Env: "prod", team: "a" } } },
    ]);
    expect((await api.call("PATCH", path, body({ ENV: "test", cost: "1" }, "Merge"))).properties.tags).toEqual({
      team: "a",
      ENV: "test",
      cost: "1",
    });
    await api.call("PATCH", path, body({ team: "another", cost: "1" }, "Delete"));
    expect(await tags()).toEqual({ team: "a", ENV: "test" });
    await api.call("PATCH", path, body({ env: "" }, "delete"));
    expect(await tags()).toEqual({ team: "a" });
    await api.call("PATCH", path, body({ only: "this" }, "Replace"));
    expect(await tags()).toEqual({ only: "this" });
    expect((await api.call("DELETE", path)).status).toBe(200);
    expect(await tags()).toEqual({});
  });

  test.each([
    ["a forbidden character", { "a/b": "x" }],
    ["a reserved prefix", { "Azure-owner": "x" }],
    ["a value that is too long", { a: "x".repeat(257) }],
    ["51 tags", Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, "x"]))],
  ])("%s is refused, whether put or merged", async (_what, tags) => {
    const path = tagsAt(scopeOf());
    for (const method of ["PUT", "PATCH"] as const) {
      const answer = await api.call(method, path, body(tags, method === "PATCH" ? "Merge" : undefined));
      expect([answer.status, answer.errorCode]).toEqual([400, "InvalidRequestContent"]);
    }
  });

  test("a merge that makes them too many is refused", async () => {
    const path = tagsAt(scopeOf());
    const many = (prefix: string) => Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`${prefix}${at}`, "x"]));
    expect((await api.call("PUT", path, body(many("a")))).status).toBe(200);
    expect((await api.call("PATCH", path, body(many("b"), "Merge"))).errorCode).toBe("InvalidRequestContent");
    await api.call("DELETE", path);
  });
});

test("changing the tags of a cluster is a change of the cluster: new ETag, found by filter, nothing else touched", async () => {
  const before = await api.call("GET", clusterPath(api));
  await api.call("PUT", tagsAt(clusterPath(api)), body({ Ring: "Canary" }));
  const after = await api.call("GET", clusterPath(api));
  expect(after.body.tags).toEqual({ Ring: "Canary" });
  expect(after.body.etag).not.toBe(before.body.etag);
  expect(after.properties).toEqual(before.properties);
  const found = await api.call(
    "GET",
    `${api.subscription}/resources?$filter=tagName eq 'ring' and tagValue eq 'canary'`,
  );
  expect(found.body.value).toHaveLength(1);
  await api.call("PUT", tagsAt(clusterPath(api)), body({ Ring: "Canary" }));
  expect((await api.call("GET", clusterPath(api))).body.etag).toBe(after.body.etag);
  const stale = await api.call("PUT", tagsAt(clusterPath(api)), body({}), { "if-match": String(before.body.etag) });
  expect(stale.status).toBe(412);
});

test("what does not exist or has no tags is refused by name", async () => {
  expect((await api.call("GET", tagsAt(clusterPath(api, "none")))).errorCode).toBe("ResourceNotFound");
  expect((await api.call("PUT", tagsAt(clusterPath(api, "none")), body({}))).errorCode).toBe("ResourceNotFound");
  expect((await api.call("GET", tagsAt(`${api.subscription}/resourceGroups/none`))).errorCode).toBe(
    "ResourceGroupNotFound",
  );
  const untracked = tagsAt(extensionPath(clusterPath(api)));
  expect((await api.call("PUT", untracked, body({}))).errorCode).toBe("OperationNotSupported");
  expect((await api.call("PATCH", tagsAt(clusterPath(api)), body({}, "Forget"))).errorCode).toBe(
    "InvalidRequestContent",
  );
});
