/**
 * The one place that knows which SQL we speak. Statements are written so that SQLite and PostgreSQL both take them (text
 * ids made by the application, JSON as text, integers, `on conflict`, `returning`); only how the builder spells parameters and a
 * few clauses differs.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { SqlResult } from "./sql-connection.ts";
import type { Tables } from "./tables.ts";

/** Runs one statement. */
export type RunStatement = (sql: string, parameters: readonly unknown[]) => Promise<SqlResult>;

/** Which of the two databases is underneath. */
export type SqlDialect = "sqlite" | "postgres";

/** A query builder over a function that runs statements. Transactions belong to the store, so the builder refuses them. */
export const kyselyOver = (run: RunStatement, dialect: SqlDialect = "sqlite"): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: dialects[dialect](run) });

class Adapter extends SqliteAdapter {
  /** Otherwise Kysely lets one statement wait for the other; the writer keeps their order anyway. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

const dialects: Readonly<Record<SqlDialect, (run: RunStatement) => Dialect>> = {
  sqlite: (run) => ({
    createAdapter: () => new Adapter(),
    createDriver: () => driverOver(run),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }),
  postgres: (run) => ({
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => driverOver(run),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }),
};

function driverOver(run: RunStatement): Driver {
  // One connection object serves all: the writer keeps the order, and reads in this thread are synchronous underneath.
  const connection: DatabaseConnection = {
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, changes } = await run(query.sql, query.parameters);
      return { rows: rows as R[], numAffectedRows: BigInt(changes) };
    },
    streamQuery() {
      throw new Error("Statements are not streamed: read pages instead");
    },
  };
  const refuse = async (): Promise<void> => {
    throw new Error("Transactions are begun with store.write(), not through the query builder");
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: async () => {},
  };
}
