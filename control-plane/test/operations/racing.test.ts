/** Writers of each kind that meet: whoever comes first, the rules hold. Over PostgreSQL they really run at once. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { waitFor } from "../../../tests/support/wait-for.ts";
import { type Api, startApi } from "../support/api.ts";
import { clusterPath, newOnboardingKey, putCluster, putGroup } from "../support/cluster.ts";

let api: Api;

beforeAll(async () => {
  api = await startApi();
  await putGroup(api);
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

const body = (tags: object = {}, key = "") => ({
  location: "westeurope",
  tags,
  properties: { agentPublicKeyCertificate: key },
});
const twelve = Array.from({ length: 12 }, (_, at) => at);

test("of many that create one cluster one does, and all get the same identity", async () => {
  const path = clusterPath(api, "same");
  const answers = await Promise.all(twelve.map(() => api.call("PUT", path, body())));
  expect(answers.map(({ status }) => status).sort()).toEqual([...twelve.slice(1).map(() => 200), 201]);
  const { services } = api.controlPlane;
  const identities = await services.store.read
    .selectFrom("applications")
    .select("principal_id")
    .where("resource_key", "=", path.toLowerCase())
    .execute();
  expect(identities).toHaveLength(1);
  for (const answer of answers) {
    expect(answer.body.identity).toMatchObject({ principalId: identities[0]?.principal_id });
  }
});

test("an onboarding key gets to one of the clusters that are created with it", async () => {
  const key = newOnboardingKey();
  const answers = await Promise.all(twelve.map((at) => api.call("PUT", clusterPath(api, `key-${at}`), body({}, key))));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  const refused = answers.filter(({ status }) => status !== 201);
  expect(new Set(refused.map(({ errorCode }) => errorCode))).toEqual(new Set(["ClusterAlreadyAttached"]));
});

test("of many changes of one ETag one is made", async () => {
  const path = await putCluster(api, { name: "etag" });
  const { etag } = (await api.call("GET", path)).body;
  const change = (at: number) => api.call("PATCH", path, { tags: { at: `${at}` } }, { "if-match": String(etag) });
  const answers = await Promise.all(twelve.map(change));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(11);
});

test("tags are found as the last of many changes left them", async () => {
  const path = await putCluster(api, { name: "tags", tags: { Kept: "a", gone: "b" } });
  const change = (at: number) => api.call("PUT", path, body({ kept: "a", [`only-${at}`]: "c", both: `${at}` }));
  const answers = await Promise.all(twelve.map(change));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const { tags } = (await api.call("GET", path)).body;
  const rows = await api.controlPlane.services.store.read
    .selectFrom("resource_tags")
    .select(["name", "value"])
    .where("resource_key", "=", path.toLowerCase())
    .execute();
  expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual(tags);
});

test("what is created in a group that is being deleted is refused, or goes with it", async () => {
  await putGroup(api, "going");
  const group = `${api.subscription}/resourceGroups/going`;
  const [deleted, ...answers] = await Promise.all([
    api.call("DELETE", group),
    ...twelve.map((at) => api.call("PUT", clusterPath(api, `c${at}`, "going"), body())),
  ]);
  expect(deleted?.status).toBe(202);
  for (const { status, errorCode } of answers) {
    if (status !== 201) expect(["ResourceGroupBeingDeleted", "ResourceGroupNotFound"]).toContain(errorCode);
  }
  await waitFor(async () => (await api.call("GET", group)).status === 404, {
    timeoutMs: 60_000,
    describe: "the group is gone",
  });
  for (const at of twelve) expect((await api.call("GET", clusterPath(api, `c${at}`, "going"))).status).toBe(404);
});
