import type { MigrationTarget } from "../migrate.ts";
import type { Connection } from "./connections.ts";
import { failureOf } from "./failures.ts";

const attempts = 10;

/**
 * Runs our portable migrations. Each is one transaction that begins with the insertion of its number: a replica that races waits at
 * that key until the other one has finished, and then finds it taken. Nothing about this needs more than a primary key.
 */
export async function migrationTarget(connection: Connection): Promise<MigrationTarget> {
  const { rows } = await connection.run("select version() as version");
  const isPostgres = String(rows[0]?.version).startsWith("PostgreSQL");
  // A large table may take its time, and so may the other replica that one waits for.
  await connection.script("set statement_timeout = 0");
  return {
    begin: "begin",
    spell: (sql) => withNumbers(isPostgres ? withByteOrder(sql) : sql),
    async run(sql, parameters) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await connection.run(sql, parameters);
        } catch (error) {
          // `if not exists` is not safe against a second one at the same moment: that meets the key of a system table.
          const isRace = /^create table if not exists/i.test(sql) && isTaken(error);
          if (!isRace || attempt === attempts) throw error;
        }
      }
    },
  };
}

const isTaken = (error: unknown): boolean =>
  failureOf(error) === "taken" ||
  // duplicate_object and duplicate_table
  (error instanceof Error && "code" in error && (error.code === "42710" || error.code === "42P07"));

/** `?` is `$1`, `$2` and so on; our migrations hold no `?` otherwise. */
function withNumbers(sql: string): string {
  let at = 0;
  return sql.replaceAll("?", () => `$${++at}`);
}

/**
 * Text is compared byte by byte, as in SQLite and in this program. What the database was made with (`en_US`, say) would sort ids in
 * another order than the code expects, and slower.
 */
function withByteOrder(sql: string): string {
  if (!/^(create|alter) table/i.test(sql)) return sql;
  return sql.replace(/\b(\w+ text)\b(?! collate)/g, '$1 collate "C"');
}
