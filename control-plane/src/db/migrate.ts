import { readdirSync, readFileSync } from "node:fs";
import type { SqlResult } from "./sql-connection.ts";
import type { Writer } from "./writer.ts";

/** One numbered step of the schema; steps only ever go forward. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** True when older programs cannot work with the schema afterwards. The file says so in its first line. */
  readonly isBreaking: boolean;
}

const folder = new URL("../../migrations/", import.meta.url);
const fileName = /^(\d{4})-([a-z0-9-]+)\.sql$/;

/** Reads `NNNN-name.sql` files in order. */
export function readMigrations(from: URL = folder): Migration[] {
  return readdirSync(from)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const match = fileName.exec(file);
      if (!match?.[1] || !match[2]) throw new Error(`Migration '${file}' is not named NNNN-name.sql`);
      const sql = readFileSync(new URL(file, from), "utf8");
      return { number: Number(match[1]), name: match[2], sql, isBreaking: /^--\s*breaking\b/i.test(sql) };
    });
}

/** A connection that migrations run on, one statement after another. */
export interface MigrationTarget {
  run(sql: string, parameters?: readonly unknown[]): Promise<SqlResult>;
  /** Begins a transaction that keeps others from writing what it writes. */
  readonly begin: string;
  /** Spells a portable statement the way this database wants it. */
  spell(sql: string): string;
}

export const sqliteTarget = (writer: Writer): MigrationTarget => ({
  run: (sql, parameters) => writer.run(sql, parameters),
  begin: "begin immediate",
  spell: (sql) => sql,
});

/**
 * Brings the database to the newest schema. Processes may race: each step's number is inserted first, in the transaction of the
 * step, so the second one waits, finds the number taken and goes on. A database that a newer program has changed in a
 * breaking way is refused.
 */
export async function migrate(target: MigrationTarget, migrations: readonly Migration[]): Promise<void> {
  await target.run(
    target.spell(`create table if not exists migrations
       (number integer primary key, name text not null, is_breaking integer not null, applied_at text not null)`),
  );
  const { rows } = await target.run("select number, name, is_breaking from migrations order by number");
  const newest = migrations.at(-1)?.number ?? 0;
  const unknown = rows.find((row) => Number(row.number) > newest && Number(row.is_breaking) === 1);
  if (unknown) {
    throw new Error(
      `The database was changed by a newer version (migration ${unknown.number} '${unknown.name}') that this one cannot work with. Start that version or a later one.`,
    );
  }
  const applied = new Set(rows.map((row) => Number(row.number)));
  for (const migration of migrations) {
    if (!applied.has(migration.number)) await apply(target, migration);
  }
}

async function apply(target: MigrationTarget, migration: Migration): Promise<void> {
  await target.run(target.begin);
  try {
    const { number, name, isBreaking } = migration;
    const inserted = await target.run(
      target.spell(
        "insert into migrations (number, name, is_breaking, applied_at) values (?, ?, ?, ?) on conflict do nothing",
      ),
      [number, name, isBreaking ? 1 : 0, new Date().toISOString()],
    );
    if (inserted.changes > 0) {
      for (const statement of splitStatements(migration.sql)) await target.run(target.spell(statement));
    }
    await target.run("commit");
  } catch (error) {
    await target.run("rollback").catch(() => {});
    throw new Error(`Migration ${migration.number} '${migration.name}' failed`, { cause: error });
  }
}

/** Our migration files end each statement with a semicolon at the end of a line and comment with `--` only. */
const splitStatements = (sql: string): string[] =>
  sql
    .replace(/^\s*--.*$/gm, "")
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "");
