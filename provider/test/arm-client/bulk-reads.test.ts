import type { ArmResource } from "@arcfleet/contract";
import { ArmRequestError } from "@arcfleet/provider";
import { expect, test } from "@jest/globals";
import { createBulkReads } from "../../src/arm-client/bulk-reads.ts";
import type { ListedPage } from "../../src/arm-client/pages.ts";

const collection = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters";
const idOf = (at: number): string => `${collection}/c${at}`;
const recordOf = (id: string): ArmResource => ({
  id,
  name: id.slice(id.lastIndexOf("/") + 1),
  type: "t",
  properties: {},
});

/** A control plane with so many records, which counts what it is asked. */
function start(count: number, { pageSize = 1000, refuses = false } = {}) {
  const records = new Map(Array.from({ length: count }, (_, at) => [idOf(at), recordOf(idOf(at))]));
  const asked = { gets: 0, pages: 0 };
  const world = { nowMs: 0, asked, records };
  const reads = createBulkReads({
    now: () => world.nowMs,
    async get(id) {
      asked.gets += 1;
      return records.get(id);
    },
    async list(url): Promise<ListedPage<ArmResource>> {
      asked.pages += 1;
      if (refuses) throw new ArmRequestError("no", { status: 403, code: "AuthorizationFailed" });
      const from = Number(new URL(url, "https://x").searchParams.get("from") ?? 0);
      const value = [...records.values()].slice(from, from + pageSize);
      const next = from + pageSize < records.size ? `${collection}?from=${from + pageSize}` : undefined;
      return { value, next };
    },
  });
  return { ...world, world, reads };
}

const readAll = async (reads: ReturnType<typeof start>["reads"], count: number) => {
  const found = [];
  for (let at = 0; at < count; at++) found.push(await reads.read(idOf(at), "1"));
  return found;
};

test("a few records are read one by one", async () => {
  const { reads, asked } = start(16);
  await readAll(reads, 16);
  expect(asked).toEqual({ gets: 16, pages: 0 });
});

test("many records are read by the page, each with its own answer", async () => {
  const { reads, asked } = start(500);
  const found = await readAll(reads, 500);
  expect(found.map((record) => record?.id)).toEqual(Array.from({ length: 500 }, (_, at) => idOf(at)));
  expect(asked).toEqual({ gets: 16, pages: 1 });
});

test("reads that come now and then are no refresh", async () => {
  const { reads, asked, world } = start(100);
  for (let round = 0; round < 10; round++) {
    world.nowMs += 5_001;
    await readAll(reads, 16);
  }
  expect(asked).toEqual({ gets: 160, pages: 0 });
});

test("what a list does not hold is asked for itself: only that can say that it is gone", async () => {
  const { reads, asked } = start(100);
  await readAll(reads, 100);
  expect(await reads.read(`${collection}/gone`, "1")).toBeUndefined();
  expect(asked).toEqual({ gets: 17, pages: 1 });
});

test("an answer is never older than three seconds", async () => {
  const { reads, asked, world, records } = start(100);
  await readAll(reads, 100);
  records.set(idOf(1), { ...recordOf(idOf(1)), tags: { changed: "yes" } });
  world.nowMs = 3_001;
  await readAll(reads, 100);
  expect(asked.pages).toBe(2);
  expect(await reads.read(idOf(1), "1")).toMatchObject({ tags: { changed: "yes" } });
});

test("a write makes the list worthless", async () => {
  const { reads, records } = start(100);
  await readAll(reads, 100);
  records.set(idOf(1), { ...recordOf(idOf(1)), tags: { changed: "yes" } });
  reads.forget(idOf(1));
  expect(await reads.read(idOf(1), "1")).toMatchObject({ tags: { changed: "yes" } });
});

test("a collection far larger than what is read of it is not listed, and not tried again", async () => {
  const { reads, asked } = start(5_000, { pageSize: 1000 });
  await readAll(reads, 40);
  expect(asked).toEqual({ gets: 40, pages: 1 });
});

test("who may read records but not list them reads them one by one", async () => {
  const { reads, asked } = start(100, { refuses: true });
  expect((await readAll(reads, 100)).every((record) => record !== undefined)).toBe(true);
  expect(asked).toEqual({ gets: 100, pages: 1 });
});
