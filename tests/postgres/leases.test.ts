import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import type { Store } from "../../control-plane/src/db/store.ts";
import { createLeases, type Lease } from "../../control-plane/src/jobs/leases.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { waitFor } from "../support/wait-for.ts";

/** Longer than a busy machine keeps an event loop waiting. */
const expiryMs = 3000;

let server: PostgresServer;
let stores: Store[];
beforeAll(async () => {
  server = await startPostgres();
  const url = await server.createDatabase();
  stores = await Promise.all([openPostgresStore({ url }), openPostgresStore({ url })]);
});
afterAll(async () => {
  for (const store of stores ?? []) await store.close();
  await server?.[Symbol.asyncDispose]();
});

const replicas = () => stores.map((store) => createLeases(store, { expiryMs }));

/** Work that goes on until its lease ends. */
const untilAborted = async ({ signal }: Lease): Promise<void> => {
  while (!signal.aborted) await delay(10);
};

describe("a lease", () => {
  test("is held by one of many that ask at once, and is free again afterwards", async () => {
    const [first, second] = replicas();
    let runs = 0;
    const work = async (): Promise<void> => {
      runs += 1;
      await delay(200);
    };
    const asked = await Promise.all([first, second].flatMap((each) => [each?.hold("a", work), each?.hold("a", work)]));
    expect(asked.filter(Boolean)).toHaveLength(1);
    expect(runs).toBe(1);
    expect(await second?.hold("a", work)).toBe(true);
    expect(await first?.hold("a", work)).toBe(true);
    await Promise.all([first?.close(), second?.close()]);
  });

  test("stays with its holder as long as that is alive", async () => {
    const [first, second] = replicas();
    const held = first?.hold("b", untilAborted);
    const endAt = performance.now() + 3 * expiryMs;
    while (performance.now() < endAt) {
      await delay(100);
      expect(await second?.hold("b", async () => {})).toBe(false);
    }
    await first?.close();
    expect(await held).toBe(true);
    expect(await second?.hold("b", async () => {})).toBe(true);
    await second?.close();
  });

  test("is taken over from a replica that is gone, and one that wakes up again changes nothing", async () => {
    const [, second] = replicas();
    const [store] = stores;
    await store?.write((tx) => tx.insertInto("leases").values({ name: "c", holder: "dead", beat: 7 }).execute());
    const startedAt = performance.now();
    await waitFor(() => second?.hold("c", async () => {}), { timeoutMs: 60_000, describe: "the lease is taken over" });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(expiryMs);

    const [sleeper] = replicas();
    const slept = sleeper?.hold("d", async (lease) => {
      // Somebody else took it while this one was suspended.
      await store?.write((tx) => tx.updateTable("leases").set({ holder: "other" }).where("name", "=", "d").execute());
      await store?.write((tx) => lease.confirm(tx));
    });
    await expect(slept).rejects.toThrow("The lease 'd' was taken over by another replica");
    const rows = await store?.read.selectFrom("leases").select(["name", "holder"]).execute();
    expect(rows).toEqual([{ name: "d", holder: "other" }]);
    await Promise.all([second?.close(), sleeper?.close()]);
  });

  test("that is lost ends its work", async () => {
    const [first] = replicas();
    const [store] = stores;
    const held = first?.hold("e", untilAborted);
    await waitFor(() => store?.read.selectFrom("leases").selectAll().where("name", "=", "e").executeTakeFirst(), {
      timeoutMs: 60_000,
      describe: "the lease is held",
    });
    await store?.write((tx) => tx.updateTable("leases").set({ holder: "other" }).where("name", "=", "e").execute());
    expect(await held).toBe(true);
    await first?.close();
  });
});
