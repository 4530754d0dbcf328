import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Migration, readMigrations } from "../db/migrate.ts";
import { openStore } from "../db/open-store.ts";
import { openPostgresStore } from "../db/postgres/open-postgres-store.ts";
import { masterKeyFileOf, openKeySource } from "../secrets/key-source.ts";
import { readIfPresent, writeAtomically } from "../secrets/private-file.ts";
import { type BackupHeader, checkBackup, readBackup } from "./backup-file.ts";
import { checkKeys } from "./check-keys.ts";
import { databaseUrlOf } from "./database-url.ts";
import { fill } from "./fill.ts";
import { type MaintenanceSettings, sqliteFileOf } from "./open-maintenance.ts";
import { contentTables, firstWithRows, insertRows, migrationsOf, type Row } from "./rows.ts";
import { openPostgresSession, openSqliteSession, type Session } from "./session.ts";
import type { TableShape } from "./table-shapes.ts";

export interface RestoreOptions {
  readonly from: string;
  /** Where to: the database of these settings must be empty, and their keys must open the backup. */
  readonly installation: MaintenanceSettings;
  /** The data folder that charts and included keys go to. Without it they stay in the backup. */
  readonly filesTo?: string | undefined;
}

export interface Restored {
  readonly header: BackupHeader;
  readonly rows: number;
  /** The master keys came with the backup and were put here. */
  readonly masterKeyFile: string | undefined;
}

/** Brings a backup back into an empty database. Nothing is there until everything is: cut off, it can be run again. */
export async function restore({ from, installation, filesTo }: RestoreOptions): Promise<Restored> {
  const header = await checkBackup(from);
  const migrations = migrationsFor(header);
  const included = await includedKeys(from);
  const { dataDir } = installation;
  const isKeyGiven = [installation.masterKey, installation.masterKeyFile, installation.kmsFile].some(
    (one) => one !== undefined,
  );
  const isKeyThere = isKeyGiven || (await readIfPresent(masterKeyFileOf(dataDir))) !== undefined;
  const takesIncluded = included !== undefined && filesTo !== undefined && !isKeyThere;
  const source = await openKeySource(takesIncluded ? { ...installation, masterKey: included } : installation, false);

  const load = async (session: Session): Promise<number> => {
    let rows = 0;
    await fill(session, async () => {
      rows = await loadRows(session, from);
      await checkKeys(session, source);
    });
    return rows;
  };
  const url = databaseUrlOf(installation);
  const rows =
    url === undefined
      ? await restoreToSqlite(dataDir, migrations, load)
      : await restoreToPostgres(url, migrations, load);
  if (filesTo !== undefined) await restoreFiles(from, filesTo);
  if (takesIncluded) await writeAtomically(masterKeyFileOf(dataDir), included);
  return { header, rows, masterKeyFile: takesIncluded ? masterKeyFileOf(dataDir) : undefined };
}

/** The schema is made as it was, filled, and only then brought up to date: migrations change rows too. */
function migrationsFor(header: BackupHeader): Migration[] {
  const known = readMigrations();
  const unknown = header.migrations.filter((number) => known.every((one) => one.number !== number));
  if (unknown.length > 0) {
    throw new Error(
      `The backup was made by a newer version (migration ${unknown.join(", ")}) than this one: restore it with that version or a later one`,
    );
  }
  return known.filter(({ number }) => header.migrations.includes(number));
}

async function includedKeys(from: string): Promise<string | undefined> {
  for await (const part of readBackup(from)) if (part.kind === "masterKeys") return part.text;
  return undefined;
}

async function restoreToSqlite(
  dataDir: string,
  migrations: readonly Migration[],
  load: (session: Session) => Promise<number>,
): Promise<number> {
  const file = sqliteFileOf(dataDir);
  if (existsSync(file)) throw new Error(`${file} exists: a backup is restored into an empty data folder only`);
  const draft = `${file}.restoring`;
  const removeDraft = async (): Promise<void> => {
    for (const suffix of ["", "-wal", "-shm"]) await rm(`${draft}${suffix}`, { force: true });
  };
  await removeDraft();
  try {
    await (await openStore({ file: draft, migrations })).close();
    const session = openSqliteSession(draft, { readOnly: false });
    let rows: number;
    try {
      rows = await load(session);
    } finally {
      await session.close();
    }
    await (await openStore({ file: draft })).close();
    await rename(draft, file);
    return rows;
  } catch (error) {
    await removeDraft();
    throw error;
  }
}

async function restoreToPostgres(
  url: string,
  migrations: readonly Migration[],
  load: (session: Session) => Promise<number>,
): Promise<number> {
  const session = await openPostgresSession(url);
  try {
    await refuseUsed(
      session,
      migrations.map(({ number }) => number),
    );
    await (await openPostgresStore({ url, migrations, maxConnections: 4 })).close();
    const rows = await load(session);
    await (await openPostgresStore({ url, maxConnections: 4 })).close();
    return rows;
  } finally {
    await session.close();
  }
}

/** A database may be filled when it is new, or has exactly the tables that we would make, all empty: what a cut-off restore leaves. */
export async function refuseUsed(session: Session, numbers: readonly number[]): Promise<void> {
  const present = await migrationsOf(session);
  const taken = await firstWithRows(session, await contentTables(session));
  if (taken !== undefined) {
    throw new Error(`The database is not empty (there is something in '${taken}'): make a new one for this`);
  }
  if (present !== undefined && present.join() !== [...numbers].join()) {
    throw new Error("The database has the tables of another version, without content: make a new one for this");
  }
}

async function loadRows(session: Session, from: string): Promise<number> {
  const tables = new Map((await contentTables(session)).map((table) => [table.name, table]));
  let table: TableShape | undefined;
  let waiting: Row[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    if (table !== undefined && waiting.length > 0) await insertRows(session, table, waiting);
    count += waiting.length;
    waiting = [];
  };
  for await (const part of readBackup(from)) {
    if (part.kind === "table") {
      await flush();
      table = shapeFor(tables, part.table, part.columns);
    } else if (part.kind === "row" && waiting.push(part.cells) >= 200) {
      await flush();
    }
  }
  await flush();
  return count;
}

/** The table with the columns in the order of the backup. */
function shapeFor(tables: ReadonlyMap<string, TableShape>, name: string, columns: readonly string[]): TableShape {
  const table = tables.get(name);
  if (table === undefined) throw new Error(`The backup has the table '${name}', which its own migrations do not make`);
  const ordered = columns.map((column) => {
    const found = table.columns.find((one) => one.name === column);
    if (found === undefined)
      throw new Error(`The backup has the column '${name}.${column}', which its own migrations do not make`);
    return found;
  });
  return { ...table, columns: ordered };
}

async function restoreFiles(from: string, dataDir: string): Promise<void> {
  for await (const part of readBackup(from)) {
    if (part.kind !== "file") continue;
    const path = join(dataDir, part.path);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    if (!existsSync(path)) await writeFile(path, part.content, { mode: 0o600 });
  }
}
