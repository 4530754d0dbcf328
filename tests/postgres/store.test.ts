import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { type Migration, readMigrations } from "../../control-plane/src/db/migrate.ts";
import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import type { Store, Tx } from "../../control-plane/src/db/store.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";

let server: PostgresServer;
let url: string;
let store: Store;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  url = await server.createDatabase();
  store = await openPostgresStore({ url, workTimeoutMs: 5000 });
});
afterEach(async () => {
  await store.close();
});

const insert = (tx: Tx, key: string, tags = "{}") =>
  tx
    .insertInto("resource_groups")
    .values({
      ...{ key, id: key, name: key, subscription_key: "s", location: "l", tags },
      ...{ state: "Succeeded", created_at: "" },
    })
    .execute();
const keysOf = async (of: Store = store): Promise<string[]> =>
  (await of.read.selectFrom("resource_groups").select("key").orderBy("key").execute()).map(({ key }) => key);

describe("a write", () => {
  test("is read by others once it was acknowledged, and by nobody before", async () => {
    let seenDuring: string[] | undefined;
    await store.write(async (tx) => {
      await insert(tx, "a");
      seenDuring = await keysOf();
    });
    expect(seenDuring).toEqual([]);
    expect(await keysOf()).toEqual(["a"]);
  });

  test("that throws leaves no trace, even where a statement is left unattended", async () => {
    const failing = store.write(async (tx) => {
      const unattended = insert(tx, "b");
      await insert(tx, "b");
      await unattended;
    });
    await expect(failing).rejects.toMatchObject({ code: "23505" });
    const changed = store.write(async (tx) => {
      await insert(tx, "c");
      throw new Error("changed my mind");
    });
    await expect(changed).rejects.toThrow("changed my mind");
    expect(await keysOf()).toEqual([]);
  });

  test("that hangs is cut off and undone, and others go on", async () => {
    await using impatient = await opened({ workTimeoutMs: 300 });
    const hanging = impatient.store.write(async (tx) => {
      await insert(tx, "a");
      await new Promise(() => {});
    });
    await store.write((tx) => insert(tx, "b"));
    await expect(hanging).rejects.toThrow("longer than 300 ms");
    expect(await keysOf()).toEqual(["b"]);
  });

  test("whose handle is used after its end is refused", async () => {
    let kept: Tx | undefined;
    await store.write(async (tx) => {
      kept = tx;
    });
    await expect(kept && insert(kept, "late")).rejects.toThrow("This write has ended");
  });

  test("cannot keep text that holds a NUL character, and says so", async () => {
    await expect(store.write((tx) => insert(tx, "a\0b"))).rejects.toMatchObject({ code: "BadRequest" });
    const read = store.read.selectFrom("resource_groups").select("key").where("key", "=", "\0").execute();
    await expect(read).rejects.toMatchObject({ code: "BadRequest" });
  });
});

describe("writers side by side", () => {
  test("each sees what the others wrote: a counter that two replicas raise loses nothing", async () => {
    await using other = await opened();
    await store.write((tx) => insert(tx, "a", "0"));
    const raise = (of: Store) =>
      of.write(async (tx) => {
        const { tags } = await tx.selectFrom("resource_groups").select("tags").executeTakeFirstOrThrow();
        await tx
          .updateTable("resource_groups")
          .set({ tags: String(Number(tags) + 1) })
          .execute();
      });
    await Promise.all(Array.from({ length: 40 }, (_, at) => raise(at % 2 === 0 ? store : other.store)));
    expect(await store.read.selectFrom("resource_groups").select("tags").execute()).toEqual([{ tags: "40" }]);
  });

  test("a rule that is looked up before writing holds, although no key guards it", async () => {
    await using other = await opened();
    const onlyOne = (of: Store, key: string) =>
      of.write(async (tx) => {
        const present = await tx.selectFrom("resource_groups").select("key").where("location", "=", "l").execute();
        if (present.length === 0) await insert(tx, key);
      });
    await Promise.all(Array.from({ length: 20 }, (_, at) => onlyOne(at % 2 === 0 ? store : other.store, `k${at}`)));
    expect(await keysOf()).toHaveLength(1);
  });

  test("of many that make the same thing, one makes it and the others find it", async () => {
    await using other = await opened();
    const make = (of: Store) =>
      of.write(async (tx) => {
        const present = await tx.selectFrom("resource_groups").select("key").where("key", "=", "a").executeTakeFirst();
        if (present) return "found";
        await insert(tx, "a");
        return "made";
      });
    const told = await Promise.all(Array.from({ length: 20 }, (_, at) => make(at % 2 === 0 ? store : other.store)));
    expect(told.filter((word) => word === "made")).toHaveLength(1);
  });
});

test("text is ordered byte by byte, counts are numbers, bytes are bytes", async () => {
  await store.write(async (tx) => {
    for (const key of ["b", "B", "a-b", "ab", "ä"]) await insert(tx, key);
  });
  expect(await keysOf()).toEqual(["B", "a-b", "ab", "b", "ä"]);
  const counted = await store.read
    .selectFrom("resource_groups")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .execute();
  expect(counted).toEqual([{ n: 5 }]);
});

describe("closing", () => {
  test("finishes accepted writes and refuses later ones", async () => {
    const { store: closing } = await opened();
    const accepted = Array.from({ length: 20 }, (_, at) => closing.write((tx) => insert(tx, `k${at}`)));
    const closed = closing.close();
    await expect(closing.write((tx) => insert(tx, "late"))).rejects.toMatchObject({ code: "ServiceUnavailable" });
    await Promise.all([...accepted, closed]);
    expect(await keysOf()).toHaveLength(20);
  });
});

describe("messages between replicas", () => {
  test("reach the others within a moment, and not oneself", async () => {
    await using other = await opened();
    const heard: string[] = [];
    store.messages.listen((message) => heard.push(`self ${message}`));
    other.store.messages.listen((message) => heard.push(message));
    while (!other.store.messages.isConnected()) await delay(10);
    const startedAt = performance.now();
    for (const at of Array(100).keys()) store.messages.send(`message ${at}`);
    while (heard.length < 100 && performance.now() - startedAt < 60_000) await delay(5);
    expect(heard.toSorted()).toEqual(Array.from({ length: 100 }, (_, at) => `message ${at}`).toSorted());
  });
});

describe("migrations", () => {
  const future: Migration = { number: 9000, name: "future", sql: "create table future (x text);", isBreaking: false };
  const applied = async (): Promise<unknown[]> =>
    (await server.query("select number from migrations order by number", databaseOf(url))).map((row) => row.number);

  test("ten replicas that start at once on an empty database apply each step once", async () => {
    url = await server.createDatabase();
    const stores = await Promise.all(Array.from({ length: 10 }, () => openPostgresStore({ url, maxConnections: 4 })));
    expect(await applied()).toEqual(readMigrations().map(({ number }) => number));
    await Promise.all(stores.map((each) => each.close()));
  });

  test("an old replica goes on while a new one migrates, its prepared statements included", async () => {
    const load = () => store.read.selectFrom("resource_groups").selectAll().execute();
    const update = () => store.write((tx) => tx.selectFrom("resource_groups").selectAll().execute());
    await store.write((tx) => insert(tx, "a"));
    for (const _ of Array(20)) await Promise.all([load(), update()]);
    const sql = "alter table resource_groups add column shade text not null default 'grey';";
    await using newer = await opened({ migrations: [...readMigrations(), { ...future, sql }] });
    expect(await Promise.all([load(), update()])).toMatchObject([[{ key: "a" }], [{ key: "a" }]]);
    await store.write((tx) => insert(tx, "b"));
    expect(await keysOf(newer.store)).toEqual(["a", "b"]);
  });

  test("a step that fails leaves nothing of itself", async () => {
    const broken = { ...future, sql: "create table half (x text);\ncreate table half (x text);" };
    await expect(openPostgresStore({ url, migrations: [...readMigrations(), broken] })).rejects.toThrow(
      "Migration 9000 'future' failed",
    );
    expect(await applied()).not.toContain(9000);
  });

  test("a database that a newer version changed in a breaking way is refused, with what to do", async () => {
    await (
      await openPostgresStore({ url, migrations: [...readMigrations(), { ...future, isBreaking: true }] })
    ).close();
    await expect(openPostgresStore({ url })).rejects.toThrow(
      /newer version \(migration 9000 'future'\).*Start that version/,
    );
  });
});

const databaseOf = (of: string): string => new URL(of).pathname.slice(1);

async function opened(
  options: Partial<Parameters<typeof openPostgresStore>[0]> = {},
): Promise<AsyncDisposable & { readonly store: Store }> {
  const other = await openPostgresStore({ url, ...options });
  return { store: other, [Symbol.asyncDispose]: () => other.close() };
}
