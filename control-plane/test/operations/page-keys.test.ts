/** What a page costs is told by the plan of its statement: an index in the order of the keys, and never all that there is. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CompiledQuery } from "kysely";
import { parseFilter } from "../../src/arm/odata-filter.ts";
import { openStore } from "../../src/db/open-store.ts";
import type { Store } from "../../src/db/store.ts";
import { runningOperations } from "../../src/http/state-metrics.ts";
import { deletingGroups } from "../../src/jobs/resume.ts";
import { conditionOf } from "../../src/operations/filter-condition.ts";
import { pageKeys, type WantedKeys } from "../../src/operations/page-keys.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

let folder: TempFolder;
let store: Store;
beforeAll(async () => {
  folder = await tempFolder();
  store = await openStore({ file: join(folder.path, "test.sqlite") });
});
afterAll(async () => {
  await store.close();
  await folder[Symbol.asyncDispose]();
});

interface Statement {
  compile(): CompiledQuery;
}

const planOf = async (statement: Statement): Promise<string[]> => {
  const { sql, parameters } = statement.compile();
  const plan = await store.read.executeQuery<{ detail: string }>(
    CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
  );
  return plan.rows.map(({ detail }) => detail);
};

const types = ["microsoft.extendedlocation/customlocations", "microsoft.kubernetes/connectedclusters"];
const wanted: WantedKeys = {
  scope: { column: "subscription_key", key: "/subscriptions/s" },
  types,
  limit: 101,
  conditions: [],
};
const filtered = (filter: string): Pick<WantedKeys, "conditions"> => {
  const parsed = parseFilter(filter);
  return { conditions: parsed === undefined ? [] : [conditionOf(parsed, "s")] };
};

describe("a page of resources is found", () => {
  test.each<[string, Partial<WantedKeys>, RegExp]>([
    ["of one type", { types: types.slice(1) }, /resources_by_subscription \(subscription_key=\? AND type=\?\)/],
    ["of several types", {}, /resources_by_subscription \(subscription_key=\? AND type=\?\)/],
    [
      "after another",
      { after: "/subscriptions/s/x" },
      /resources_by_subscription \(subscription_key=\? AND type=\? AND key>\?\)/,
    ],
    [
      "in a part of the scope",
      { range: { from: "/subscriptions/s/a/", to: "/subscriptions/s/a0" } },
      /resources_by_subscription \(subscription_key=\? AND type=\? AND key>\? AND key<\?\)/,
    ],
    ["of a group", { scope: { column: "group_key", key: "g" } }, /resources_by_group \(group_key=\? AND type=\?\)/],
    ["of a parent", { scope: { column: "parent_key", key: "c" } }, /resources_by_parent \(parent_key=\? AND type=\?\)/],
    [
      "with a tag",
      { tag: { name: "env", values: ["test"] }, after: "/subscriptions/s/x" },
      /tagged USING COVERING INDEX resource_tags_by_name \(name=\? AND value=\? AND resource_key>\?\)/,
    ],
    [
      "with one of some values of a tag",
      { tag: { name: "env", values: ["test", "production"] } },
      /tagged USING COVERING INDEX resource_tags_by_name \(name=\? AND value=\?\)/,
    ],
    [
      "with a tag of any value that many have",
      filtered("tagName eq 'env'"),
      /resources_by_subscription \(subscription_key=\? AND type=\?\)/,
    ],
    [
      "with a name",
      filtered("name eq 'one'"),
      /USING COVERING INDEX resources_by_name \(subscription_key=\? AND type=\? AND <expr>=\?\)/,
    ],
    ["with a condition", filtered("tagName eq 'a' or location eq 'b'"), /resources_by_subscription/],
  ])("%s in the order of an index", async (_, more, index) => {
    const plan = await planOf(pageKeys(store.read, { ...wanted, ...more }));
    expect(plan.join("\n")).toMatch(index);
    expect(plan.join("\n")).not.toMatch(/SCAN (resources|resource_tags|tagged)\b|LIST SUBQUERY/);
    // Where stretches are merged, each is sorted once more after it was cut to the size of a page.
    const sorts = plan.flatMap((step, index) => (/TEMP B-TREE/.test(step) ? [plan[index - 1]] : []));
    expect(sorts.filter((before) => before !== "SCAN stretch")).toEqual([]);
  });
});

test("what runs and what is being deleted is found among what is not", async () => {
  expect(await planOf(runningOperations(store.read))).toEqual([expect.stringMatching(/INDEX operations_running/)]);
  expect(await planOf(deletingGroups(store.read))).toEqual([expect.stringMatching(/INDEX resource_groups_deleting/)]);
});
