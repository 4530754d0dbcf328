/**
 * What lets a database be left while it is written to. Triggers note the key of every row that changes, inside the transaction that changes
 * it, and refuse changes while a time in the future stands in `store_state`. The database itself does both: the control plane that runs on it
 * need not know, and no write that it acknowledges can go unnoticed.
 */
import { MOVE, MoveState, REFUSED_BY_MOVE } from "../db/store-state.ts";
import { type Cell, contentTables } from "./rows.ts";
import type { Session } from "./session.ts";
import { ownPrefix, quote, type TableShape } from "./table-shapes.ts";

const changes = `${ownPrefix}changes`;
const operations = ["insert", "update", "delete"] as const;
const refusing = `coalesce((select json_extract(value, '$.refusesUntil') from store_state where name = '${MOVE}'), 0) > unixepoch('subsec') * 1000`;

const triggerName = (table: string, when: string): string => quote(`${ownPrefix}${table}_${when}`);

function triggersOf({ name, key }: TableShape): string[] {
  const note = (row: "new" | "old"): string =>
    `insert into ${changes} (table_name, row_key) values ('${name}', json_array(${key.map((column) => `${row}.${quote(column)}`).join(", ")}));`;
  return operations.flatMap((operation) => [
    `create trigger ${triggerName(name, `before_${operation}`)} before ${operation} on ${quote(name)} when ${refusing}
      begin select raise(abort, '${REFUSED_BY_MOVE}'); end`,
    // An update may change the key: then the old row is gone and the new one is there.
    `create trigger ${triggerName(name, `after_${operation}`)} after ${operation} on ${quote(name)}
      begin ${operation === "insert" ? "" : note("old")} ${operation === "delete" ? "" : note("new")} end`,
  ]);
}

/** One transaction that keeps all other writers out. */
async function inTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.run("begin immediate");
  try {
    const result = await work();
    await session.run("commit");
    return result;
  } catch (error) {
    await session.run("rollback").catch(() => {});
    throw error;
  }
}

export async function readMove(session: Session): Promise<MoveState | undefined> {
  const { rows } = await session.run("select value from store_state where name = ?", [MOVE]);
  return rows[0] === undefined ? undefined : MoveState.parse(JSON.parse(String(rows[0].value)));
}

export async function writeMove(session: Session, move: MoveState): Promise<void> {
  await session.run(
    "insert into store_state (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
    [MOVE, JSON.stringify(move)],
  );
}

export const removeMove = (session: Session): Promise<unknown> =>
  session.run("delete from store_state where name = ?", [MOVE]);

/** Begins to note changes, or goes on with what a move that was cut off began. */
export async function beginCapture(session: Session, begin: Pick<MoveState, "id" | "to">): Promise<MoveState> {
  return inTransaction(session, async () => {
    const present = await readMove(session);
    if (present !== undefined) return present;
    await session.run(
      `create table ${changes} (seq integer primary key autoincrement, table_name text not null, row_key text not null)`,
    );
    for (const table of await contentTables(session))
      for (const trigger of triggersOf(table)) await session.run(trigger);
    const move: MoveState = {
      ...begin,
      state: "copying",
      refusesUntil: 0,
      appliedChange: 0,
      at: new Date().toISOString(),
    };
    await writeMove(session, move);
    return move;
  });
}

/** Ends the noting of changes and forgets the move, as if it had not been begun. */
export async function endCapture(session: Session): Promise<void> {
  await inTransaction(session, async () => {
    const { rows } = await session.run(
      "select name from sqlite_master where type = 'trigger' and substr(name, 1, ?) = ?",
      [ownPrefix.length, ownPrefix],
    );
    for (const { name } of rows) await session.run(`drop trigger ${quote(String(name))}`);
    await session.run(`drop table if exists ${changes}`);
    await removeMove(session);
  });
}

/** The number of the newest change. To be asked in the snapshot whose rows it belongs to. */
export async function newestChange(session: Session): Promise<number> {
  const { rows } = await session.run(`select coalesce(max(seq), 0) as newest from ${changes}`);
  return Number(rows[0]?.newest ?? 0);
}

export interface ChangedRow {
  readonly table: string;
  readonly key: readonly Cell[];
}

/** The rows that changed after the change with this number, each once. */
export async function changedRows(session: Session, after: number): Promise<ChangedRow[]> {
  const { rows } = await session.run(`select distinct table_name, row_key from ${changes} where seq > ?`, [after]);
  return rows.map(({ table_name, row_key }) => {
    const key: unknown = JSON.parse(String(row_key));
    if (!Array.isArray(key)) throw new Error(`The table '${changes}' holds something else than keys`);
    return { table: String(table_name), key: key.map((part) => (typeof part === "number" ? part : String(part))) };
  });
}

/** Refuses writes from now on, for so long at most; 0 allows them again. */
export const refuseWrites = (session: Session, forMs: number): Promise<void> =>
  inTransaction(session, async () => {
    const move = await readMove(session);
    if (move?.state !== "copying") throw new Error("The move was ended by somebody else: run the command again");
    await writeMove(session, { ...move, refusesUntil: forMs === 0 ? 0 : Date.now() + forMs });
  });

/** Marks the database as left, for good, unless something changed after the change with this number. */
export const leave = (session: Session, appliedChange: number, to: string): Promise<boolean> =>
  inTransaction(session, async () => {
    const move = await readMove(session);
    if (move?.state !== "copying" || (await newestChange(session)) !== appliedChange) return false;
    const at = new Date().toISOString();
    await writeMove(session, { ...move, to, state: "moved", refusesUntil: Number.MAX_SAFE_INTEGER, appliedChange, at });
    return true;
  });
