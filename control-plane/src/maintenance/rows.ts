/** Rows in a form that both databases and a file know: text, numbers, bytes and null, in the order of the table's columns. */
import type { Session } from "./session.ts";
import { describeTables, quote, type TableShape } from "./table-shapes.ts";

export type Cell = string | number | Buffer | null;
export type Row = readonly Cell[];

const BATCH = 200;
/** Facts about one database, which have no meaning in another. */
const localTables = ["store_state"];

/** The tables whose content makes the installation. */
export async function contentTables(session: Session): Promise<TableShape[]> {
  const tables = await describeTables(async (sql) => (await session.run(sql)).rows, session.dialect);
  return tables.filter(({ name }) => !localTables.includes(name));
}

const list = (names: readonly string[]): string => names.map(quote).join(", ");
const marks = (values: readonly unknown[]): string => values.map(() => "?").join(", ");
const columnsOf = ({ columns }: TableShape): string[] => columns.map(({ name }) => name);

function toCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Uint8Array) return Buffer.from(value);
  throw new TypeError(`A ${typeof value} of the database has no portable form`);
}

/** All rows of a table in the order of its key, in batches. To be read inside a snapshot. */
export async function* readRows(session: Session, table: TableShape): AsyncGenerator<Row[]> {
  const names = columnsOf(table);
  const places = table.key.map((name) => names.indexOf(name));
  let last: readonly Cell[] | undefined;
  do {
    const after = last === undefined ? "" : ` where (${list(table.key)}) > (${marks(last)})`;
    const { rows } = await session.run(
      `select ${list(names)} from ${quote(table.name)}${after} order by ${list(table.key)} limit ${BATCH}`,
      last ?? [],
    );
    const cells = rows.map((row) => names.map((name) => toCell(row[name])));
    if (cells.length > 0) yield cells;
    const end = cells.at(-1);
    last = cells.length < BATCH || end === undefined ? undefined : places.map((place) => end[place] ?? null);
  } while (last !== undefined);
}

/** The row with this key, if there is one. */
export async function readRow(session: Session, table: TableShape, key: readonly Cell[]): Promise<Row | undefined> {
  const names = columnsOf(table);
  const where = table.key.map((name) => `${quote(name)} = ?`).join(" and ");
  const { rows } = await session.run(`select ${list(names)} from ${quote(table.name)} where ${where}`, key);
  const [row] = rows;
  return row === undefined ? undefined : names.map((name) => toCell(row[name]));
}

/** Inserts rows; statements that are issued together travel together. */
export async function insertRows(session: Session, table: TableShape, rows: readonly Row[]): Promise<void> {
  const sql = `insert into ${quote(table.name)} (${list(columnsOf(table))}) values (${marks(table.columns)})`;
  await Promise.all(rows.map((row) => session.run(sql, row)));
}

/** Inserts a row, or makes the one with its key the same. */
export async function upsertRow(session: Session, table: TableShape, row: Row): Promise<void> {
  const others = columnsOf(table).filter((name) => !table.key.includes(name));
  const update =
    others.length === 0
      ? "nothing"
      : `update set ${others.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(", ")}`;
  await session.run(
    `insert into ${quote(table.name)} (${list(columnsOf(table))}) values (${marks(row)}) on conflict (${list(table.key)}) do ${update}`,
    row,
  );
}

export async function deleteRow(session: Session, table: TableShape, key: readonly Cell[]): Promise<void> {
  const where = table.key.map((name) => `${quote(name)} = ?`).join(" and ");
  await session.run(`delete from ${quote(table.name)} where ${where}`, key);
}

/** The first of these tables that holds something. */
export async function firstWithRows(session: Session, tables: readonly TableShape[]): Promise<string | undefined> {
  for (const { name } of tables) {
    const { rows } = await session.run(`select 1 as found from ${quote(name)} limit 1`);
    if (rows.length > 0) return name;
  }
  return undefined;
}

/** Numbers of the migrations that the database has seen; nothing when it was never used. */
export async function migrationsOf(session: Session): Promise<readonly number[] | undefined> {
  const exists =
    session.dialect === "sqlite"
      ? "select 1 as found from sqlite_master where type = 'table' and name = 'migrations'"
      : "select 1 as found from pg_class where relname = 'migrations' and relnamespace = current_schema()::regnamespace";
  if ((await session.run(exists)).rows.length === 0) return undefined;
  const { rows } = await session.run("select number from migrations order by number");
  return rows.map((row) => Number(row.number));
}
