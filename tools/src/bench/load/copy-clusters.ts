/**
 * More clusters in a database that no control plane runs on: the rows of some are copied under other names, in every table that knows a
 * cluster, so that they are like those that the API would have written.
 */
import { randomUUID } from "node:crypto";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { z } from "zod";
import type { Copies } from "./copies.ts";

export interface CopyClusters extends Copies {
  readonly file: string;
}

const rowsPerTransaction = 50_000;

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
type Row = z.output<typeof Row>;

/** A text in which some places are filled anew for each copy. */
type Pattern = (fill: Copy) => SQLInputValue;
interface Copy {
  readonly number: number;
  readonly name: string;
  /** The new one of each identifier of the original. */
  readonly identifiers: ReadonlyMap<string, string>;
}

interface CopiedRow {
  readonly insert: string;
  readonly cells: readonly Pattern[];
}

interface Original {
  readonly rows: readonly CopiedRow[];
  readonly identifiers: readonly string[];
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export function copyClusters({ file, originals, from, to, nameOf, log, signal }: CopyClusters): void {
  const database = new DatabaseSync(file);
  // A database that is lost is made anew.
  database.exec("pragma synchronous = off; pragma cache_size = -524288");
  try {
    const all = readOriginals(database, originals);
    const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
    let rows = 0;
    database.exec("begin");
    for (let number = from; number < to; number++) {
      const original = all[number % all.length];
      if (original === undefined) throw new TypeError("there is nothing to copy");
      const identifiers = new Map(original.identifiers.map((one) => [one, randomUUID()]));
      const copy = { number, name: nameOf(number), identifiers };
      for (const { insert, cells } of original.rows) {
        const statement = statements.get(insert) ?? database.prepare(insert);
        statements.set(insert, statement);
        statement.run(...cells.map((cell) => cell(copy)));
        rows++;
        if (rows % rowsPerTransaction !== 0) continue;
        signal.throwIfAborted();
        database.exec("commit; begin");
      }
      if ((number + 1) % 25_000 === 0) log(`${number + 1} of ${to} clusters are there`);
    }
    database.exec("commit");
  } finally {
    database.close();
  }
}

function readOriginals(database: DatabaseSync, names: readonly string[]): Original[] {
  const tables = z
    .array(z.object({ name: z.string() }))
    .parse(database.prepare("select name from sqlite_master where type = 'table'").all());
  const order = inOrderOfReferences(tables.map(({ name }) => name));
  const known = identifiersOfEverybody(database, order, names);
  return names.map((name) => originalOf(database, order, name, known));
}

/** What others refer to comes first. */
const inOrderOfReferences = (tables: readonly string[]): string[] =>
  [...tables].sort((one, other) => Number(other === "resources") - Number(one === "resources"));

/** Identifiers that are no cluster's own: of the subscription, of callers. They stay as they are. */
function identifiersOfEverybody(
  database: DatabaseSync,
  tables: readonly string[],
  names: readonly string[],
): ReadonlySet<string> {
  const seen = new Map<string, Set<string>>();
  for (const name of names) {
    for (const row of tables.flatMap((table) => rowsAbout(database, table, name))) {
      for (const one of JSON.stringify(row).match(uuid) ?? []) seen.set(one, (seen.get(one) ?? new Set()).add(name));
    }
  }
  return new Set([...seen].filter(([, owners]) => owners.size > 1).map(([one]) => one));
}

function rowsAbout(database: DatabaseSync, table: string, name: string): Row[] {
  const columns = z
    .array(z.object({ name: z.string(), type: z.string() }))
    .parse(database.prepare(`select name, type from pragma_table_info('${table}')`).all())
    .filter(({ type }) => type.toLowerCase() === "text");
  if (columns.length === 0) return [];
  const condition = columns.map((column) => `instr("${column.name}", :name) > 0`).join(" or ");
  return z
    .array(Row)
    .parse(database.prepare(`select * from "${table}" where ${condition} order by rowid`).all({ name }));
}

function originalOf(
  database: DatabaseSync,
  tables: readonly string[],
  clusterName: string,
  known: ReadonlySet<string>,
): Original {
  const identifiers = new Set<string>();
  const rows = tables.flatMap((table) =>
    rowsAbout(database, table, clusterName).map((row): CopiedRow => {
      const names = Object.keys(row);
      for (const one of JSON.stringify(row).match(uuid) ?? []) if (!known.has(one)) identifiers.add(one);
      return {
        insert: `insert into "${table}" (${names.map((name) => `"${name}"`).join(", ")}) values (${names.map(() => "?").join(", ")})`,
        cells: Object.entries(row).map(([column, value]) => patternOf(column, value, clusterName, known)),
      };
    }),
  );
  if (rows.length === 0) throw new Error(`the database has no rows about ${clusterName}`);
  return { rows, identifiers: [...identifiers] };
}

function patternOf(column: string, value: Row[string], name: string, known: ReadonlySet<string>): Pattern {
  if (typeof value !== "string") return () => value;
  // Events are told apart by their time and what follows it.
  if (column === "event_id") return ({ number }) => eventId(value, number);
  if (column === "key_hash") return ({ number }) => number.toString(16).padStart(value.length, "0");
  const own = [...new Set(value.match(uuid) ?? [])].filter((one) => !known.has(one));
  if (own.length === 0 && !value.includes(name)) return () => value;
  const places = new RegExp(`(${[name, ...own].join("|")})`, "g");
  const parts = value.split(places);
  return (copy) => parts.map((part) => (part === name ? copy.name : (copy.identifiers.get(part) ?? part))).join("");
}

const eventTime = /^(\d{4}-.*Z)-([0-9a-f]{12})$/;

/** One twentieth of a second after the other, so that a hundred thousand fill an hour and a half. */
function eventId(original: string, number: number): string {
  const [, time = "", end = ""] = eventTime.exec(original) ?? [];
  const at = new Date(Date.parse(time) - number * 50).toISOString();
  return `${at}-${end.slice(0, 5)}${number.toString(16).padStart(7, "0")}`;
}
