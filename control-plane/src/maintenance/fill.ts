import type { Session } from "./session.ts";
import { quote } from "./table-shapes.ts";

/**
 * Runs work that fills or changes many tables as one transaction, in which rows may come in any order: foreign keys are looked at when
 * all are there. At its end they are as strict as before.
 */
export async function fill(session: Session, work: () => Promise<void>): Promise<void> {
  const transaction = session.dialect === "postgres" ? fillPostgres : fillSqlite;
  await transaction(session, work);
}

async function fillPostgres(session: Session, work: () => Promise<void>): Promise<void> {
  await session.run("begin");
  try {
    const { rows } = await session.run(
      `select c.relname as "table", k.conname as "name" from pg_constraint k join pg_class c on c.oid = k.conrelid
        where k.contype = 'f' and k.connamespace = current_schema()::regnamespace`,
    );
    const alter = async (how: string): Promise<void> => {
      for (const { table, name } of rows) {
        await session.run(`alter table ${quote(String(table))} alter constraint ${quote(String(name))} ${how}`);
      }
    };
    await alter("deferrable initially deferred");
    await work();
    await session.run("set constraints all immediate");
    await alter("not deferrable initially immediate");
    await session.run("commit");
  } catch (error) {
    await session.run("rollback").catch(() => {});
    throw error;
  }
}

async function fillSqlite(session: Session, work: () => Promise<void>): Promise<void> {
  // Takes effect outside of transactions only.
  await session.run("pragma foreign_keys = off");
  await session.run("begin immediate");
  try {
    await work();
    const { rows } = await session.run("pragma foreign_key_check");
    if (rows.length > 0) throw new Error(`rows of the table '${String(rows[0]?.table)}' refer to what is not there`);
    await session.run("commit");
  } catch (error) {
    await session.run("rollback").catch(() => {});
    throw error;
  } finally {
    await session.run("pragma foreign_keys = on");
  }
}
