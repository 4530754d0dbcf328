import type { SQLInputValue } from "node:sqlite";
import { DatabaseSync, type StatementSync } from "node:sqlite";

/** What one statement came to. */
export interface SqlResult {
  readonly rows: Record<string, unknown>[];
  readonly changes: number;
}

/** Enough for every statement of the service; dynamic ones (lists) push the oldest out. */
const maxStatements = 500;

/**
 * One SQLite connection with its prepared statements kept. Used inside the writer's thread and for reads in the main thread.
 */
export class SqlConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string, options: { readonly readOnly: boolean }) {
    // Long, for processes that make one new database together; reading waits for nobody in WAL mode.
    this.#database = new DatabaseSync(file, { readOnly: options.readOnly, timeout: options.readOnly ? 5000 : 30_000 });
    // Page size must come before the first page is written. FULL flushes every commit: an acknowledged write survives power loss.
    if (!options.readOnly) {
      this.#database.exec("pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = full");
    }
    this.#database.exec("pragma foreign_keys = on; pragma cache_size = -65536");
  }

  run(sql: string, parameters: readonly unknown[]): SqlResult {
    const statement = this.#prepare(sql);
    const values = parameters.map(toSqlValue);
    if (statement.columns().length > 0) {
      const rows = statement.all(...values);
      return { rows, changes: rows.length };
    }
    return { rows: [], changes: Number(statement.run(...values).changes) };
  }

  /** Runs a script of several statements without parameters. */
  script(sql: string): void {
    this.#database.exec(sql);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    if (this.#statements.size >= maxStatements) {
      const oldest = this.#statements.keys().next();
      if (!oldest.done) this.#statements.delete(oldest.value);
    }
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** The values that SQLite knows; booleans are 0 and 1 as in the schema. */
function toSqlValue(value: unknown): SQLInputValue {
  switch (typeof value) {
    case "undefined":
      return null;
    case "boolean":
      return value ? 1 : 0;
    case "string":
    case "number":
    case "bigint":
      return value;
    default:
      if (value === null || value instanceof Uint8Array) return value;
      throw new TypeError(`A ${typeof value} cannot be bound to a statement; write objects as JSON text`);
  }
}
