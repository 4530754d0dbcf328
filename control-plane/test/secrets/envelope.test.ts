import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { openSecrets } from "../../src/secrets/secrets.ts";

describe("sealed values", () => {
  let dir: string;
  let path: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "arcfleet-secrets-"));
    path = join(dir, "master.key");
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const open = () => openSecrets(path);

  test("what was sealed opens again, also after a restart", async () => {
    const sealed = (await open()).seal("hunter2 ☃", "/subscriptions/s");
    expect(sealed).not.toContain("hunter2");
    expect((await open()).open(sealed, "/subscriptions/s")).toBe("hunter2 ☃");
  });

  test("sealing twice gives two texts", async () => {
    const secrets = await open();
    expect(secrets.seal("a", "c")).not.toBe(secrets.seal("a", "c"));
  });

  test("the key file is private", async () => {
    await open();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test("a value does not open under another context or when one character changed", async () => {
    const secrets = await open();
    const sealed = secrets.seal("secret", "row-1");
    expect(() => secrets.open(sealed, "row-2")).toThrow(/was changed or belongs elsewhere/);
    const changed = sealed.slice(0, -3) + (sealed.at(-3) === "A" ? "B" : "A") + sealed.slice(-2);
    expect(() => secrets.open(changed, "row-1")).toThrow(/was changed or belongs elsewhere/);
  });

  test("another master key cannot open, and the error names the missing key", async () => {
    const sealed = (await open()).seal("secret", "c");
    await rm(path);
    const other = await open();
    expect(() => other.open(sealed, "c")).toThrow(/master key '[0-9a-f]{8}', which master.key does not hold/);
  });

  test("after a rotation the old values still open and new ones use the new key", async () => {
    const sealed = (await open()).seal("old", "c");
    const [oldKey] = JSON.parse(await readFile(path, "utf8"));
    const newKey = { id: "00000001", key: Buffer.alloc(32, 7).toString("base64") };
    await writeFile(path, JSON.stringify([newKey, oldKey]));
    const rotated = await open();
    expect(rotated.open(sealed, "c")).toBe("old");
    expect(rotated.seal("new", "c")).toMatch(/^v1\.00000001\./);
  });

  test("a damaged key file is refused without showing its content", async () => {
    await writeFile(path, '[{"id":"abcdefgh","key":"c2hvcnQ="}]');
    await expect(open()).rejects.toThrow(/master\.key is damaged/);
    await expect(open()).rejects.not.toThrow(/c2hvcnQ/);
  });
});
