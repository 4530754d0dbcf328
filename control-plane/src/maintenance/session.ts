import type { SqlDialect } from "../db/kysely-dialect.ts";
import { parseDatabaseUrl } from "../db/postgres/connection-settings.ts";
import { type Connection, openConnections } from "../db/postgres/connections.ts";
import { SqlConnection, type SqlResult } from "../db/sql-connection.ts";

/** Long enough for a statement over a whole table. */
const STATEMENT_TIMEOUT_MS = 30 * 60 * 1000;

/** One connection to a database, to read or to fill it as a whole. The store's promises (order, time limits) are not for that. */
export interface Session {
  readonly dialect: SqlDialect;
  /** Runs one statement; each `?` stands for a parameter. */
  run(sql: string, parameters?: readonly unknown[]): Promise<SqlResult>;
  close(): Promise<void>;
}

export function openSqliteSession(file: string, options: { readonly readOnly: boolean }): Session {
  const connection = new SqlConnection(file, options);
  return {
    dialect: "sqlite",
    run: async (sql, parameters = []) => connection.run(sql, parameters),
    close: async () => connection.close(),
  };
}

export async function openPostgresSession(url: string): Promise<Session> {
  const connections = openConnections({
    settings: () => parseDatabaseUrl(url),
    max: 1,
    prepare: [],
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  let connection: Connection;
  try {
    connection = await connections.acquire();
  } catch (error) {
    await connections.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The database cannot be used: ${reason}. Check the database URL and the server`, { cause: error });
  }
  return {
    dialect: "postgres",
    run(sql, parameters = []) {
      let at = 0;
      return connection.run(parameters.length === 0 ? sql : sql.replaceAll("?", () => `$${++at}`), parameters);
    },
    async close() {
      connection.release(true);
      await connections.close();
    },
  };
}

/** Where a URL leads, for people: no credentials. */
export function describeUrl(url: string): string {
  const { hosts, database } = parseDatabaseUrl(url);
  return `${hosts.map(({ host, port }) => `${host}:${port}`).join(",")}/${database}`;
}

/** Begins a transaction that sees the database as it is now, whatever others write meanwhile. */
export async function beginSnapshot(session: Session): Promise<void> {
  if (session.dialect === "postgres") {
    await session.run("begin transaction isolation level repeatable read read only");
    await session.run("select 1");
    return;
  }
  await session.run("begin");
  // SQLite takes its snapshot with the first read.
  await session.run("select count(*) as count from migrations");
}
