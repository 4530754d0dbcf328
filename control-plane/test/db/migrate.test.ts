import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Migration, readMigrations } from "../../src/db/migrate.ts";
import { openStore } from "../../src/db/open-store.ts";
import { SqlConnection } from "../../src/db/sql-connection.ts";
import { type TempFolder, tempFolder } from "../support/temp-folder.ts";

const future: Migration = { number: 9000, name: "future", sql: "create table future (x text);", isBreaking: false };

let folder: TempFolder;
let file: string;

beforeEach(async () => {
  folder = await tempFolder();
  file = join(folder.path, "test.sqlite");
});

afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

const migrated = async (migrations?: readonly Migration[]): Promise<void> => {
  const store = await openStore({ file, ...(migrations ? { migrations } : {}) });
  await store.close();
};

const appliedNumbers = (): unknown[] => {
  const connection = new SqlConnection(file, { readOnly: true });
  try {
    return connection.run("select number from migrations order by number", []).rows.map((row) => row.number);
  } finally {
    connection.close();
  }
};

describe("migrations", () => {
  test("their numbers begin at 1 and have no gaps", () => {
    expect(readMigrations().map(({ number }) => number)).toEqual(readMigrations().map((_, index) => index + 1));
  });

  test("applying them again changes nothing", async () => {
    await migrated();
    const before = appliedNumbers();
    await migrated();
    expect(appliedNumbers()).toEqual(before);
  });

  test("twenty that open a new database at once all succeed, and each step is applied once", async () => {
    await Promise.all(Array.from({ length: 20 }, () => migrated()));
    expect(appliedNumbers()).toEqual(readMigrations().map(({ number }) => number));
  });

  test("a step that fails leaves nothing of itself and says which one it was", async () => {
    const broken = { ...future, sql: "create table half (x text);\ncreate table half (x text);" };
    await expect(migrated([...readMigrations(), broken])).rejects.toThrow("Migration 9000 'future' failed");
    expect(appliedNumbers()).not.toContain(9000);
    await migrated([...readMigrations(), future]);
    expect(appliedNumbers()).toContain(9000);
  });

  test("a database that a newer version changed harmlessly is opened", async () => {
    await migrated([...readMigrations(), future]);
    await migrated();
  });

  test("a database that a newer version changed in a breaking way is refused, with what to do", async () => {
    await migrated([...readMigrations(), { ...future, isBreaking: true }]);
    await expect(migrated()).rejects.toThrow(/newer version \(migration 9000 'future'\).*Start that version/);
  });
});
