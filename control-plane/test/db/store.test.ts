import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openStore } from "../../src/db/open-store.ts";
import { SqlConnection } from "../../src/db/sql-connection.ts";
import type { Store, Tx } from "../../src/db/store.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const insert = (tx: Tx, key: string) =>
  tx
    .insertInto("resource_groups")
    .values({
      key,
      id: key,
      name: key,
      subscription_key: "s",
      location: "l",
      tags: "{}",
      state: "Succeeded",
      created_at: "",
    })
    .execute();

const keysOf = async (store: Store): Promise<string[]> =>
  (await store.read.selectFrom("resource_groups").select("key").orderBy("key").execute()).map(({ key }) => key);

let folder: TempFolder;
let store: Store;
let batches: number[];

beforeEach(async () => {
  folder = await tempFolder();
  batches = [];
  store = await openStore({
    file: join(folder.path, "test.sqlite"),
    workTimeoutMs: 300,
    onCommit: ({ writes }) => batches.push(writes),
  });
});

afterEach(async () => {
  await store.close();
  await folder[Symbol.asyncDispose]();
});

test("nobody but its owner can read the files of the database", async () => {
  await store.write((tx) => insert(tx, "a"));
  for (const file of ["test.sqlite", "test.sqlite-wal", "test.sqlite-shm"]) {
    expect((await stat(join(folder.path, file))).mode & 0o077).toBe(0);
  }
});

describe("group commit", () => {
  test("writes that arrive during a commit share the next one", async () => {
    await Promise.all(Array.from({ length: 200 }, (_, index) => store.write((tx) => insert(tx, `k${index}`))));
    expect(await keysOf(store)).toHaveLength(200);
    expect(batches.length).toBeLessThan(20);
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(200);
  });

  test("a caller is told only after others can read what it wrote", async () => {
    await store.write((tx) => insert(tx, "a"));
    expect(await keysOf(store)).toEqual(["a"]);
  });

  test("a piece of work sees what the one before it wrote", async () => {
    const count = (tx: Tx) => tx.selectFrom("resource_groups").select("key").execute();
    const [, seen] = await Promise.all([
      store.write((tx) => insert(tx, "a")),
      store.write(async (tx) => (await count(tx)).length),
    ]);
    expect(seen).toBe(1);
  });

  test("nobody reads what is not committed", async () => {
    let seenDuring: string[] | undefined;
    await store.write(async (tx) => {
      await insert(tx, "a");
      seenDuring = await keysOf(store);
    });
    expect(seenDuring).toEqual([]);
  });
});

describe("a failing write", () => {
  test("leaves no trace and does not disturb its neighbours", async () => {
    const results = await Promise.allSettled([
      store.write((tx) => insert(tx, "a")),
      store.write(async (tx) => {
        await insert(tx, "b");
        throw new Error("changed my mind");
      }),
      store.write((tx) => insert(tx, "c")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await keysOf(store)).toEqual(["a", "c"]);
  });

  test("a refused statement names itself and undoes only its own work", async () => {
    await store.write((tx) => insert(tx, "a"));
    const clash = store.write(async (tx) => {
      await insert(tx, "b");
      await insert(tx, "a");
    });
    await expect(clash).rejects.toThrow(/UNIQUE constraint failed.*insert into "resource_groups"/s);
    expect(await keysOf(store)).toEqual(["a"]);
  });

  test("work that hangs is cut off and undone, and the next one runs", async () => {
    const hanging = store.write(async (tx) => {
      await insert(tx, "a");
      await new Promise(() => {});
    });
    const next = store.write((tx) => insert(tx, "b"));
    await expect(hanging).rejects.toThrow("longer than 300 ms");
    await next;
    expect(await keysOf(store)).toEqual(["b"]);
  });

  test("a statement that is issued after the work has ended is refused", async () => {
    let kept: Tx | undefined;
    await store.write(async (tx) => {
      kept = tx;
    });
    await expect(kept && insert(kept, "late")).rejects.toThrow("This write has ended");
  });
});

describe("closing", () => {
  test("accepted writes are finished first, later ones are refused", async () => {
    const accepted = Array.from({ length: 20 }, (_, index) => store.write((tx) => insert(tx, `k${index}`)));
    const closed = store.close();
    await expect(store.write((tx) => insert(tx, "late"))).rejects.toMatchObject({ code: "ServiceUnavailable" });
    await Promise.all([...accepted, closed]);
    store = await openStore({ file: join(folder.path, "test.sqlite") });
    expect(await keysOf(store)).toHaveLength(20);
  });
});

describe("kill -9", () => {
  test("loses nothing that was acknowledged, three times over", async () => {
    const file = join(folder.path, "killed.sqlite");
    const acknowledged = new Set<string>();
    for (const round of ["one", "two", "three"]) {
      const child = spawn(process.execPath, [join(import.meta.dirname, "../support/write-forever.ts"), file, round], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.split("\n").length > 500) child.kill("SIGKILL");
      });
      await once(child, "close");
      // The last line may be cut in the middle.
      for (const key of text.split("\n").slice(0, -1)) acknowledged.add(key);

      await using reopened = await openAgain(file);
      const present = new Set(await keysOf(reopened.store));
      expect([...acknowledged].filter((key) => !present.has(key))).toEqual([]);
    }
    expect(acknowledged.size).toBeGreaterThan(1000);
  });
});

async function openAgain(file: string): Promise<AsyncDisposable & { readonly store: Store }> {
  const reopened = await openStore({ file });
  return { store: reopened, [Symbol.asyncDispose]: () => reopened.close() };
}

describe("a database that another process holds", () => {
  test("makes writes wait, and undoes those that waited too long", async () => {
    const file = join(folder.path, "shared.sqlite");
    const shared = await openStore({ file });
    const other = new SqlConnection(file, { readOnly: false });
    other.script("begin immediate");
    const blocked = shared.write((tx) => insert(tx, "a"));
    await expect(blocked).rejects.toMatchObject({
      code: "ServiceUnavailable",
      cause: { message: expect.stringContaining("locked") },
    });
    other.script("rollback");
    other.close();
    expect(await keysOf(shared)).toEqual([]);
    await shared.write((tx) => insert(tx, "b"));
    expect(await keysOf(shared)).toEqual(["b"]);
    await shared.close();
  });
});
