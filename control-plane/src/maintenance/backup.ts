import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Connection } from "@arcfleet/contract";
import { masterKeyFileOf } from "../secrets/key-source.ts";
import { readIfPresent } from "../secrets/private-file.ts";
import { type BackupHeader, type BackupPart, writeBackup } from "./backup-file.ts";
import { readMove } from "./change-capture.ts";
import { databaseUrlOf } from "./database-url.ts";
import { type MaintenanceSettings, sqliteFileOf } from "./open-maintenance.ts";
import { contentTables, migrationsOf, readRows } from "./rows.ts";
import { beginSnapshot, openPostgresSession, openSqliteSession, type Session } from "./session.ts";

export interface BackupOptions {
  readonly installation: MaintenanceSettings;
  readonly out: string;
  /** Puts the master keys into the file: whoever has it can then read every secret. */
  readonly includeKeys: boolean;
}

export interface BackedUp {
  readonly tables: number;
  readonly rows: number;
  readonly wrappedBy: readonly string[];
}

/** Opens the database of an installation for reading, whichever it is. @throws when there is none. */
async function openForReading(installation: MaintenanceSettings): Promise<Session> {
  const url = databaseUrlOf(installation);
  if (url !== undefined) return openPostgresSession(url);
  const file = sqliteFileOf(installation.dataDir);
  if (!existsSync(file))
    throw new Error(`There is no control plane in ${installation.dataDir}: ${file} does not exist`);
  return openSqliteSession(file, { readOnly: true });
}

/** Writes a consistent copy of everything to a file, while the control plane runs. */
export async function backup({ installation, out, includeKeys }: BackupOptions): Promise<BackedUp> {
  const session = await openForReading(installation);
  try {
    await beginSnapshot(session);
    const tables = await contentTables(session);
    const migrations = await migrationsOf(session);
    if (migrations === undefined || !tables.some(({ name }) => name === "data_encryption_keys")) {
      throw new Error("The database was not used by this version yet: start the control plane once");
    }
    const move = await readMove(session);
    if (move?.state === "moved") throw new Error(`The content of this database moved to ${move.to}: back that one up`);
    if (move?.state === "incoming")
      throw new Error("The database is being filled by 'arcfleet migrate-store': wait for it");
    const wrapped = await session.run("select distinct wrapped_by from data_encryption_keys order by wrapped_by");
    const endpoint = await endpointOf(installation.dataDir);
    const header: BackupHeader = {
      format: "arcfleet-backup",
      version: 1,
      createdAt: new Date().toISOString(),
      from: session.dialect,
      migrations: [...migrations],
      wrappedBy: wrapped.rows.map((row) => String(row.wrapped_by)),
      ...(endpoint === undefined ? {} : { endpoint }),
    };
    let rowCount = 0;
    async function* parts(): AsyncGenerator<BackupPart> {
      for (const table of tables) {
        yield { kind: "table", table: table.name, columns: table.columns.map(({ name }) => name) };
        for await (const rows of readRows(session, table)) {
          rowCount += rows.length;
          for (const cells of rows) yield { kind: "row", cells };
        }
      }
      yield* chartFiles(installation.dataDir);
      if (includeKeys) yield { kind: "masterKeys", text: await masterKeysOf(installation) };
    }
    await writeBackup(out, header, parts());
    return { tables: tables.length, rows: rowCount, wrappedBy: header.wrappedBy };
  } finally {
    await session.close();
  }
}

async function endpointOf(dataDir: string): Promise<string | undefined> {
  const text = await readIfPresent(join(dataDir, "connection.json"));
  return text === undefined ? undefined : Connection.safeParse(JSON.parse(text)).data?.endpoint;
}

async function* chartFiles(dataDir: string): AsyncGenerator<BackupPart> {
  const folder = join(dataDir, "charts");
  const names = existsSync(folder) ? await readdir(folder) : [];
  for (const name of names.filter((each) => each.endsWith(".tgz")).sort()) {
    yield { kind: "file", path: `charts/${name}`, content: await readFile(join(folder, name)) };
  }
}

async function masterKeysOf({ dataDir, masterKey, masterKeyFile }: MaintenanceSettings): Promise<string> {
  const text = masterKey ?? (await readIfPresent(masterKeyFile ?? masterKeyFileOf(dataDir)));
  if (text === undefined)
    throw new Error("There is no master key that could be included: a KMS keeps its keys to itself");
  return text;
}
