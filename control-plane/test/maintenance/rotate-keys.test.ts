import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Store } from "../../src/db/store.ts";
import { listKeys, openMaintenance, rotateKeys, rotateMasterKey } from "../../src/maintenance/index.ts";
import { encrypt } from "../../src/secrets/aes.ts";
import type { OpenSecrets } from "../../src/secrets/secrets.ts";
import { type VaultFixture, vaultFixture } from "../support/vault-fixture.ts";

const HOUR_MS = 60 * 60 * 1000;
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `fact-${String(index).padStart(4, "0")}`);

/** Sealed values in a table that exists anyway. */
async function seal(store: Store, secrets: OpenSecrets, facts: readonly string[]): Promise<void> {
  const rows = facts.map((name) => ({ name, value: secrets.seal(`secret of ${name}`, name) }));
  await store.write((tx) => tx.insertInto("installation").values(rows).execute());
}

async function unreadable(store: Store, secrets: OpenSecrets): Promise<string[]> {
  const rows = await store.read.selectFrom("installation").selectAll().execute();
  return rows.filter(({ name, value }) => secrets.open(value, name) !== `secret of ${name}`).map(({ name }) => name);
}

describe("a rotation of the key that seals", () => {
  let vault: VaultFixture;
  let secrets: OpenSecrets;
  const quiet = { onProgress: () => {}, overlapMs: 0 };
  beforeEach(async () => {
    vault = await vaultFixture();
    secrets = await vault.open();
  });
  afterEach(async () => vault[Symbol.asyncDispose]());
  const rotate = (with_: OpenSecrets = secrets) =>
    rotateKeys({ store: vault.store, ring: with_.ring, clock: vault.clock, ...quiet });
  const texts = async (): Promise<string[]> =>
    (await vault.store.read.selectFrom("installation").select("value").execute()).map(({ value }) => value);

  test("wraps every value again, whatever table it is in, and leaves lookalikes alone", async () => {
    await seal(vault.store, secrets, names(450));
    const key = { kid: "k", public_jwk: "{}", active_from: "a", created_at: "b" };
    const lookalike = `v1.${"0".repeat(8)}.${"A".repeat(80)}.${"B".repeat(40)}`;
    await vault.store.write((tx) =>
      tx
        .insertInto("signing_keys")
        .values({ ...key, private_jwk: secrets.seal("private", "signing-key:k") })
        .execute(),
    );
    await vault.store.write((tx) =>
      tx.insertInto("subscription_tags").values({ subscription_key: "s", tags: lookalike }).execute(),
    );
    const done = await rotate();
    expect(done).toMatchObject({ rewrapped: 451, removed: [] });
    expect(done.inUse.size).toBe(0);
    expect((await texts()).every((text) => text.startsWith(`v2.${done.keyId}.`))).toBe(true);
    expect(await unreadable(vault.store, secrets)).toEqual([]);
    const { tags } = await vault.store.read.selectFrom("subscription_tags").select("tags").executeTakeFirstOrThrow();
    expect(tags).toBe(lookalike);
    const signing = await vault.store.read.selectFrom("signing_keys").select("private_jwk").executeTakeFirstOrThrow();
    expect(signing.private_jwk).toContain(`v2.${done.keyId}.`);
  });

  test("a replica that runs on reads and seals, and so does one that starts afterwards", async () => {
    const replica = await vault.open();
    await seal(vault.store, replica, ["before"]);
    const { keyId } = await rotate();
    await expect(async () => unreadable(vault.store, replica)).rejects.toThrow(/cannot be opened now/);
    // The refusal has made it read the table; a client that repeats its request gets through.
    await replica.ring.refresh();
    expect(await unreadable(vault.store, replica)).toEqual([]);
    await seal(vault.store, replica, ["after"]);
    expect((await texts()).every((text) => text.startsWith(`v2.${keyId}.`))).toBe(true);
    expect(await unreadable(vault.store, await vault.open())).toEqual([]);
  });

  test("what a slow replica seals with the old key in the meantime is found", async () => {
    const slow = await vault.open();
    await seal(vault.store, secrets, names(3));
    const store = { ...vault.store };
    let isFirst = true;
    store.write = async (work) => {
      const result = await vault.store.write(work);
      if (!isFirst) return result;
      isFirst = false;
      await seal(vault.store, slow, ["aaa-late"]);
      return result;
    };
    const done = await rotateKeys({ store, ring: secrets.ring, clock: vault.clock, ...quiet });
    expect(done).toMatchObject({ rewrapped: 4 });
    expect(await unreadable(vault.store, secrets)).toEqual([]);
  });

  test("an old key stays while it seals something that cannot be wrapped again", async () => {
    await seal(vault.store, secrets, ["one"]);
    const [text = ""] = await texts();
    await vault.store.write((tx) =>
      tx
        .insertInto("subscription_tags")
        .values({ subscription_key: "s", tags: JSON.stringify({ text }) })
        .execute(),
    );
    const { inUse, retired } = await rotate();
    expect([...inUse.values()]).toEqual([[{ place: "subscription_tags.tags", count: 1 }]]);
    expect(retired).toEqual([]);
  });

  test("the old key is removed by a rotation a day later, and not before", async () => {
    await seal(vault.store, secrets, names(2));
    const first = await rotate();
    expect((await rotate()).removed).toEqual([]);
    vault.clock.advance(25 * HOUR_MS);
    const { removed } = await rotate();
    expect(removed).toContain(first.retired[0]);
    expect(await unreadable(vault.store, await vault.open())).toEqual([]);
  });

  test("a database of an earlier version, sealed with the master key itself, gets keys of its own", async () => {
    const [{ id, key }] = JSON.parse(await readFile(join(vault.dir, "master.key"), "utf8"));
    const dataKey = randomBytes(32);
    const wrapped = encrypt(Buffer.from(key, "base64"), dataKey, `data-key:${id}`).toString("base64url");
    const value = `v1.${id}.${wrapped}.${encrypt(dataKey, Buffer.from("secret of old"), "old").toString("base64url")}`;
    await vault.store.write((tx) => tx.insertInto("installation").values({ name: "old", value }).execute());
    expect(await rotate()).toMatchObject({ rewrapped: 1 });
    expect(await unreadable(vault.store, secrets)).toEqual([]);
  });

  test("a replica that cannot read the keys for a while does not seal, and opens what it knows", async () => {
    const sealed = secrets.seal("a", "c");
    const real = performance.now.bind(performance);
    performance.now = () => real() + 60_000;
    try {
      expect(() => secrets.seal("a", "c")).toThrow(/could not be read from the database for a while/);
      expect(secrets.open(sealed, "c")).toBe("a");
      await secrets.ring.refresh();
      expect(secrets.open(secrets.seal("b", "c"), "c")).toBe("b");
    } finally {
      performance.now = real;
    }
  });
});

test("killed in the middle it goes on where it was, and every value can be read all along", async () => {
  await using vault = await vaultFixture("control-plane.sqlite");
  const secrets = await vault.open();
  await seal(vault.store, secrets, names(1500));
  const script = join(import.meta.dirname, "../support/rotate-slowly.ts");
  const keysSeen = new Set<string>();
  for (let kills = 0; kills < 3; kills++) {
    const child = spawn(process.execPath, [script, vault.dir], { stdio: ["ignore", "pipe", "inherit"], env: {} });
    for (let written = 0; written < 2 + kills; written++) await once(child.stdout, "data");
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    await secrets.ring.refresh();
    expect(await unreadable(vault.store, secrets)).toEqual([]);
    expect(await unreadable(vault.store, await vault.open())).toEqual([]);
    for (const { id } of await vault.store.read.selectFrom("data_encryption_keys").select("id").execute())
      keysSeen.add(id);
  }
  // The first one made a key; the others went on with it.
  expect(keysSeen.size).toBe(2);
  const { ring } = secrets;
  const done = await rotateKeys({ store: vault.store, ring, clock: vault.clock, overlapMs: 0, onProgress: () => {} });
  expect(done.inUse.size).toBe(0);
  expect(await unreadable(vault.store, secrets)).toEqual([]);
});

describe("a rotation of the master key", () => {
  const rotate = (vault: VaultFixture, { ring }: OpenSecrets, ownFileIn: string | undefined = vault.dir) =>
    rotateMasterKey({ store: vault.store, ring, ownFileIn, onProgress: () => {} });

  test("leaves one key in the file; replicas go on, and an old backup opens with the file as it was", async () => {
    await using vault = await vaultFixture();
    const file = join(vault.dir, "master.key");
    const replica = await vault.open();
    await seal(vault.store, replica, names(3));
    const backup = await vault.store.read.selectFrom("data_encryption_keys").selectAll().execute();
    const before = JSON.parse(await readFile(file, "utf8"));
    const { keptFile, rewrapped } = await rotate(vault, await vault.open());
    expect(rewrapped).toBe(1);
    const after = JSON.parse(await readFile(file, "utf8"));
    expect(after).toHaveLength(1);
    expect(after[0].id).not.toBe(before[0].id);
    expect(await unreadable(vault.store, await vault.open())).toEqual([]);
    // A key that another process makes with the new master key is found by one that started before.
    await rotateKeys({
      store: vault.store,
      ring: (await vault.open()).ring,
      clock: vault.clock,
      overlapMs: 0,
      onProgress: () => {},
    });
    await replica.ring.refresh();
    expect(await unreadable(vault.store, replica)).toEqual([]);

    await vault.store.write((tx) => tx.deleteFrom("data_encryption_keys").execute());
    await vault.store.write((tx) => tx.insertInto("data_encryption_keys").values(backup).execute());
    await expect(vault.open()).rejects.toThrow(/does not hold: put that key back/);
    await copyFile(keptFile ?? "", file);
    await vault.open();
  });

  test("cut off after the new key came into the file, it goes on with that key", async () => {
    await using vault = await vaultFixture();
    const file = join(vault.dir, "master.key");
    const secrets = await vault.open();
    const [old] = JSON.parse(await readFile(file, "utf8"));
    const made = { id: "0000000b", key: randomBytes(32).toString("base64") };
    await writeFile(file, JSON.stringify([made, old]));
    expect(await rotate(vault, secrets)).toMatchObject({ wrappedBy: "file:0000000b" });
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual([made]);
  });

  test("a key from elsewhere is not made by us: it has to be there first", async () => {
    await using vault = await vaultFixture();
    const first = randomBytes(32).toString("base64");
    const secrets = await vault.open({ masterKey: first });
    await expect(
      rotateMasterKey({ store: vault.store, ring: secrets.ring, ownFileIn: undefined, onProgress: () => {} }),
    ).rejects.toThrow(/put a new key first into the environment variable ARCFLEET_MASTER_KEY/);
  });

  test("the list shows each key with its state and no secret", async () => {
    await using vault = await vaultFixture("control-plane.sqlite");
    const secrets = await vault.open();
    await seal(vault.store, secrets, names(2));
    await using open = await openMaintenance({ dataDir: vault.dir });
    const listed = await listKeys(open.store, open.secrets.ring.source, open.clock);
    expect(listed).toEqual([
      expect.objectContaining({ kind: "master", state: "current", detail: expect.stringMatching(/wraps 1 keys/) }),
      expect.objectContaining({ kind: "data", state: "current", detail: expect.stringMatching(/seals 2 values/) }),
    ]);
    const [{ key }] = JSON.parse(await readFile(join(vault.dir, "master.key"), "utf8"));
    expect(JSON.stringify(listed)).not.toContain(key);
    expect(await readdir(vault.dir)).toContain("master.key");
  });

  test("without a control plane there is nothing to work on, and none is made", async () => {
    await using vault = await vaultFixture();
    await expect(openMaintenance({ dataDir: vault.dir })).rejects.toThrow(/There is no control plane in /);
  });
});
