import { randomBytes } from "node:crypto";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { encrypt } from "../../src/secrets/aes.ts";
import { type VaultFixture, vaultFixture } from "../support/vault-fixture.ts";

describe("sealed values", () => {
  let vault: VaultFixture;
  let path: string;
  beforeEach(async () => {
    vault = await vaultFixture();
    path = join(vault.dir, "master.key");
  });
  afterEach(async () => vault[Symbol.asyncDispose]());

  test("what was sealed opens again, also after a restart", async () => {
    const sealed = (await vault.open()).seal("hunter2 ☃", "/subscriptions/s");
    expect(sealed).toMatch(/^v2\.k[0-9a-f]{10}\./);
    expect(sealed).not.toContain("hunter2");
    expect((await vault.open()).open(sealed, "/subscriptions/s")).toBe("hunter2 ☃");
  });

  test("sealing twice gives two texts, also of nothing", async () => {
    const secrets = await vault.open();
    expect(secrets.seal("a", "c")).not.toBe(secrets.seal("a", "c"));
    expect(secrets.open(secrets.seal("", "c"), "c")).toBe("");
  });

  test("the key file is private, and replicas that start at once agree on one key", async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => vault.open()));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const [first, ...others] = all;
    const sealed = first?.seal("a", "c") ?? "";
    for (const other of others) expect(other.open(sealed, "c")).toBe("a");
    expect(await vault.store.read.selectFrom("data_encryption_keys").selectAll().execute()).toHaveLength(1);
  });

  test("a value does not open under another context or when one character changed", async () => {
    const secrets = await vault.open();
    const sealed = secrets.seal("secret", "row-1");
    expect(() => secrets.open(sealed, "row-2")).toThrow(/was changed or belongs elsewhere/);
    const changed = sealed.slice(0, -3) + (sealed.at(-3) === "A" ? "B" : "A") + sealed.slice(-2);
    expect(() => secrets.open(changed, "row-1")).toThrow(/was changed or belongs elsewhere/);
    expect(() => secrets.open("hunter2", "row-1")).toThrow(/unknown form/);
  });

  test("a lost key file stops the start and is not made anew", async () => {
    await vault.open();
    await rm(path);
    await expect(vault.open()).rejects.toThrow(/master\.key is missing.*restore that file/);
    await expect(stat(path)).rejects.toThrow(/ENOENT/);
  });

  test("another master key stops the start, and the error names the missing key", async () => {
    await vault.open();
    const [{ id }] = JSON.parse(await readFile(path, "utf8"));
    await writeFile(path, JSON.stringify([{ id: "0000000a", key: randomBytes(32).toString("base64") }]));
    await expect(vault.open()).rejects.toThrow(new RegExp(`master key '${id}', which .*master.key does not hold`));
    await writeFile(path, JSON.stringify([{ id, key: randomBytes(32).toString("base64") }]));
    await expect(vault.open()).rejects.toThrow(/cannot be opened with 'file:/);
  });

  test("with a further master key in front everything still opens", async () => {
    const sealed = (await vault.open()).seal("old", "c");
    const [oldKey] = JSON.parse(await readFile(path, "utf8"));
    const newKey = { id: "00000001", key: Buffer.alloc(32, 7).toString("base64") };
    await writeFile(path, JSON.stringify([newKey, oldKey]));
    expect((await vault.open()).open(sealed, "c")).toBe("old");
  });

  test("what earlier versions sealed with a master key opens", async () => {
    const secrets = await vault.open();
    const [{ id, key }] = JSON.parse(await readFile(path, "utf8"));
    const dataKey = randomBytes(32);
    const wrapped = encrypt(Buffer.from(key, "base64"), dataKey, `data-key:${id}`).toString("base64url");
    const sealed = `v1.${id}.${wrapped}.${encrypt(dataKey, Buffer.from("old"), "c").toString("base64url")}`;
    expect(secrets.open(sealed, "c")).toBe("old");
    const foreign = sealed.replace(id, "00000000");
    expect(() => secrets.open(foreign, "c")).toThrow(/master key '00000000', which .*master.key does not hold/);
  });

  test("a damaged key file is refused without showing its content", async () => {
    await writeFile(path, '[{"id":"abcdefgh","key":"c2hvcnQ="}]');
    await expect(vault.open()).rejects.toThrow(/master\.key is damaged/);
    await expect(vault.open()).rejects.not.toThrow(/c2hvcnQ/);
  });
});

describe("master keys from elsewhere", () => {
  test("one bare key in a variable or a mounted file is enough, and has the same name everywhere", async () => {
    await using vault = await vaultFixture();
    const masterKey = randomBytes(32).toString("base64");
    const sealed = (await vault.open({ masterKey })).seal("a", "c");
    const masterKeyFile = join(vault.dir, "mounted");
    await writeFile(masterKeyFile, `${masterKey}\n`);
    expect((await vault.open({ masterKeyFile })).open(sealed, "c")).toBe("a");
    await expect(stat(join(vault.dir, "master.key"))).rejects.toThrow(/ENOENT/);
    await expect(vault.open({ masterKeyFile: join(vault.dir, "nowhere") })).rejects.toThrow(/nowhere cannot be read/);
    await expect(vault.open({ masterKey: "short" })).rejects.toThrow(/ARCFLEET_MASTER_KEY is damaged/);
  });
});
