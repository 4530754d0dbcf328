/** What `arcfleet doctor` asks the database. It is only ever read: a doctor makes no tables and upgrades nothing. */
import { existsSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { readMigrations } from "../db/migrate.ts";
import { parseDatabaseUrl } from "../db/postgres/connection-settings.ts";
import { openConnections } from "../db/postgres/connections.ts";
import { openKeySource } from "../secrets/key-source.ts";
import { type MaintenanceSettings, sqliteFileOf } from "./open-maintenance.ts";

type Rows = readonly Readonly<Record<string, unknown>>[];
type Ask = (sql: string) => Promise<Rows>;

export interface DatabaseFacts {
  readonly kind: "sqlite" | "postgres";
  readonly version: string;
  /** Migrations that this version has and the database has not. */
  readonly pending: readonly string[];
  /** Breaking ones that the database has and this version does not know. */
  readonly tooNew: readonly string[];
  /** Operations that have been running for more than a day. */
  readonly staleOperations: number;
  /** Work that replicas hold leases of at present. */
  readonly leases: readonly string[];
  readonly postgres?: PostgresFacts;
}

export interface PostgresFacts {
  readonly synchronousCommit: string;
  readonly fsync: string;
  readonly maxConnections: number;
  readonly usedConnections: number;
}

export async function inspectDatabase(settings: MaintenanceSettings): Promise<DatabaseFacts> {
  return withDatabase(settings, async (ask, kind) => {
    const applied = await ask("select number, name, is_breaking from migrations order by number");
    const known = readMigrations();
    const numbers = new Set(applied.map(({ number }) => Number(number)));
    const newest = known.at(-1)?.number ?? 0;
    const pending = known.filter(({ number }) => !numbers.has(number)).map(({ name }) => name);
    const tooNew = applied
      .filter(({ number, is_breaking }) => Number(number) > newest && Number(is_breaking) === 1)
      .map(({ name }) => String(name));
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    const [stale] = await ask(
      `select count(*) as count from operations where status = 'InProgress' and started_at < '${yesterday}'`,
    );
    const hasLeases = numbers.has(6);
    const leases = hasLeases ? await ask("select name from leases order by name") : [];
    const [version] = await ask(kind === "postgres" ? "show server_version" : "select sqlite_version() as version");
    return {
      kind,
      version: String(Object.values(version ?? {})[0]),
      pending,
      tooNew,
      staleOperations: Number(stale?.count ?? 0),
      leases: leases.map(({ name }) => String(name)),
      ...(kind === "postgres" ? { postgres: await postgresFacts(ask) } : {}),
    };
  });
}

async function postgresFacts(ask: Ask): Promise<PostgresFacts> {
  const [facts] = await ask(`select current_setting('synchronous_commit') as synchronous_commit,
    current_setting('fsync') as fsync, current_setting('max_connections') as max_connections,
    (select count(*) from pg_stat_activity where backend_type = 'client backend') as used`);
  return {
    synchronousCommit: String(facts?.synchronous_commit),
    fsync: String(facts?.fsync),
    maxConnections: Number(facts?.max_connections),
    usedConnections: Number(facts?.used),
  };
}

/** Opens each key of the database with what the settings name. @returns how many there are @throws saying which one stays shut */
export async function tryMasterKey(settings: MaintenanceSettings): Promise<{ opened: number; description: string }> {
  const keys = await withDatabase(settings, (ask) => ask("select id, wrapped, wrapped_by from data_encryption_keys"));
  const source = await openKeySource(settings, false);
  for (const { id, wrapped, wrapped_by } of keys) {
    const wrapper = source.find(String(wrapped_by));
    if (wrapper === undefined) throw new Error(`${source.description} has no key '${wrapped_by}'`);
    await wrapper.unwrap(String(wrapped), String(id));
  }
  return { opened: keys.length, description: source.description };
}

async function withDatabase<T>(
  settings: MaintenanceSettings,
  work: (ask: Ask, kind: DatabaseFacts["kind"]) => Promise<T>,
): Promise<T> {
  const { dataDir, database, databaseUrlFile } = settings;
  if (database === undefined && databaseUrlFile === undefined) {
    const file = sqliteFileOf(dataDir);
    if (!existsSync(file)) throw new Error(`${file} does not exist`);
    const opened = new DatabaseSync(file, { readOnly: true });
    try {
      return await work(async (sql) => opened.prepare(sql).all(), "sqlite");
    } finally {
      opened.close();
    }
  }
  const url = databaseUrlFile === undefined ? (database ?? "") : readFileSync(databaseUrlFile, "utf8");
  const connections = openConnections({
    settings: () => parseDatabaseUrl(url),
    max: 1,
    prepare: ["set default_transaction_read_only = on"],
    statementTimeoutMs: 10_000,
  });
  try {
    const connection = await connections.acquire();
    try {
      return await work(async (sql) => (await connection.run(sql)).rows, "postgres");
    } finally {
      connection.release(false);
    }
  } finally {
    await connections.close();
  }
}
