/** What a page costs in PostgreSQL is told by the rows that its plan looks at: as many as the page has, in a fleet of any size. */
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CompiledQuery, sql } from "kysely";
import { z } from "zod";
import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import { selectResources } from "../../control-plane/src/db/resources.ts";
import type { Store } from "../../control-plane/src/db/store.ts";
import { pageKeys, type WantedKeys } from "../../control-plane/src/operations/page-keys.ts";
import { rareTag } from "../../control-plane/src/operations/rare-tag.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

const fleet = 20_000;
const limit = 101;
const type = "microsoft.kubernetes/connectedclusters";
const group = "/subscriptions/s/resourcegroups/g";
const keyOf = (number: number): string => `${group}/providers/${type}/cluster-${String(number).padStart(6, "0")}`;

let server: PostgresServer;
let store: Store;
beforeAll(async () => {
  server = await startPostgres();
  const url = await server.createDatabase();
  store = await openPostgresStore({ url, maxConnections: 4 });
  await store.write(async (tx) => {
    await sql`insert into resource_groups (key, id, name, subscription_key, location, tags, state, created_at)
      values (${group}, ${group}, 'g', '/subscriptions/s', 'westeurope', '{}', 'Succeeded', '')`.execute(tx);
    await sql`insert into resources (key, id, name, type, subscription_key, group_key, location, tags, properties, output, state, etag,
        generation, correlation_id, created_at, created_by, created_by_type, modified_at, modified_by, modified_by_type)
      select name, name, name, ${type}, '/subscriptions/s', ${group}, 'westeurope', '{}', '{}', '{}', 'Succeeded', '', 0, '', '', '', '', '', '', ''
      from (select ${`${group}/providers/${type}/cluster-`} || lpad(number::text, 6, '0') as name
            from generate_series(0, ${fleet - 1}::int) as number) as clusters`.execute(tx);
    await sql`insert into resource_tags (resource_key, name, value)
      select key, 'half', (substring(key from '[0-9]+$')::int % 2)::text from resources`.execute(tx);
  });
  await server.query("analyze", new URL(url).pathname.slice(1));
});
afterAll(async () => {
  await store?.close();
  await server?.[Symbol.asyncDispose]();
});

interface PlanNode {
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number | undefined;
  readonly Plans?: readonly PlanNode[] | undefined;
}
const PlanNode: z.ZodType<PlanNode> = z.lazy(() =>
  z.object({
    "Actual Rows": z.number(),
    "Actual Loops": z.number(),
    "Rows Removed by Filter": z.number().optional(),
    Plans: z.array(PlanNode).optional(),
  }),
);
const Explained = z.array(z.object({ "QUERY PLAN": z.array(z.object({ Plan: PlanNode })) }));

/** All rows that all steps looked at. */
const lookedAt = (node: PlanNode): number =>
  (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"] +
  (node.Plans ?? []).reduce((sum, each) => sum + lookedAt(each), 0);

const wanted: WantedKeys = {
  scope: { column: "subscription_key", key: "/subscriptions/s" },
  types: [type],
  limit,
  conditions: [],
};

test.each<[string, Partial<WantedKeys>, number]>([
  ["the first page", {}, limit],
  ["a page in the middle", { after: keyOf(fleet / 2) }, limit],
  ["of several types", { types: [type, "microsoft.extendedlocation/customlocations"] }, limit],
  ["with a tag that half of them have", { tag: { name: "half", values: ["1"] }, after: keyOf(fleet / 2) }, limit],
  ["with one of some values", { tag: { name: "half", values: ["1", "0"] } }, limit],
  ["with a value that none has", { tag: { name: "half", values: ["2"] } }, 0],
  ["of a part", { range: { from: keyOf(fleet / 2), to: keyOf(fleet / 2 + 3) } }, 3],
])("%s looks at no more than some pages of rows", async (_, more, found) => {
  const keys = pageKeys(store.read, { ...wanted, ...more });
  const page = selectResources(store.read).where("resources.key", "in", keys).orderBy("resources.key");
  expect(await page.execute()).toHaveLength(found);
  const { sql: text, parameters } = page.compile();
  const { rows } = await store.read.executeQuery(
    CompiledQuery.raw(`explain (analyze, timing off, format json) ${text}`, [...parameters]),
  );
  const [plan] = Explained.parse(rows).flatMap((row) => row["QUERY PLAN"]);
  if (plan === undefined) throw new Error("PostgreSQL explained nothing");
  expect(lookedAt(plan.Plan)).toBeLessThan(20 * limit);
});

test("a tag of any value is looked up where few have it, and met on the way where many do", async () => {
  expect(await rareTag(store.read, "half")).toEqual([]);
  const conditions = await rareTag(store.read, "third");
  expect(conditions).toHaveLength(1);
  expect(await pageKeys(store.read, { ...wanted, conditions }).execute()).toEqual([]);
});
