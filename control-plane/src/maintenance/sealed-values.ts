/**
 * Sealed values wherever they are. No list says which columns hold some: one that somebody forgets would lose its values when its key is
 * removed. A sealed text is known by its form, and by opening with a key of ours.
 */
import { sql } from "kysely";
import type { Store } from "../db/store.ts";
import { describeTables, quote, type TableShape } from "./table-shapes.ts";

/** A sealed text and where it is. */
export interface SealedValue {
  readonly table: TableShape;
  readonly key: Readonly<Record<string, unknown>>;
  readonly column: string;
  readonly text: string;
}

const BATCH = 200;

const tablesOf = (store: Pick<Store, "read" | "dialect">): Promise<TableShape[]> =>
  describeTables(
    async (text) => (await sql<Record<string, unknown>>`${sql.raw(text)}`.execute(store.read)).rows,
    store.dialect,
  );

const textColumns = ({ columns, key }: TableShape): string[] =>
  columns.filter(({ name, kind }) => kind === "text" && !key.includes(name)).map(({ name }) => name);

const list = (names: readonly string[]) => sql.raw(names.map(quote).join(", "));

/** Batches of what looks sealed and was not sealed with the key `exceptKeyId`. */
export async function* sealedValues(
  store: Pick<Store, "read" | "dialect">,
  exceptKeyId: string,
): AsyncGenerator<SealedValue[]> {
  for (const table of await tablesOf(store)) {
    const columns = textColumns(table);
    if (columns.length === 0) continue;
    const looksSealed = sql.join(
      columns.map((name) => {
        const column = sql.ref(name);
        return sql`((${column} like 'v1.%' or ${column} like 'v2.%') and ${column} not like ${`v2.${exceptKeyId}.%`})`;
      }),
      sql` or `,
    );
    let last: unknown[] | undefined;
    do {
      const after = last === undefined ? sql`` : sql` and (${list(table.key)}) > (${sql.join(last)})`;
      const { rows }: { rows: Record<string, unknown>[] } = await sql<Record<string, unknown>>`
        select ${list([...table.key, ...columns])} from ${sql.table(table.name)}
        where (${looksSealed})${after} order by ${list(table.key)} limit ${sql.lit(BATCH)}`.execute(store.read);
      const values = rows.flatMap((row) =>
        columns.flatMap((column) => {
          const text = row[column];
          if (typeof text !== "string" || !/^v[12]\./.test(text) || text.startsWith(`v2.${exceptKeyId}.`)) return [];
          return [{ table, key: Object.fromEntries(table.key.map((name) => [name, row[name]])), column, text }];
        }),
      );
      if (values.length > 0) yield values;
      const end = rows.at(-1);
      last = rows.length < BATCH || end === undefined ? undefined : table.key.map((name) => end[name]);
    } while (last !== undefined);
  }
}

/** Puts other texts in the place of sealed ones; what was written in the meantime stays. Answers with the number of changes. */
export const replaceSealed = (
  store: Pick<Store, "write">,
  changes: readonly { readonly value: SealedValue; readonly text: string }[],
): Promise<number> =>
  store.write(async (tx) => {
    let count = 0;
    for (const { value, text } of changes) {
      const where = sql.join(
        Object.entries(value.key).map(([name, part]) => sql`${sql.ref(name)} = ${part}`),
        sql` and `,
      );
      const column = sql.ref(value.column);
      const result = await sql`update ${sql.table(value.table.name)} set ${column} = ${text}
        where ${where} and ${column} = ${value.text}`.execute(tx);
      count += Number(result.numAffectedRows ?? 0);
    }
    return count;
  });

export interface KeyUse {
  readonly place: string;
  readonly count: number;
}

/** Where texts are that begin with, or contain, what `marker` says: the beginning of a sealed text with the name of its key. */
export async function usesOf(store: Pick<Store, "read" | "dialect">, marker: string): Promise<KeyUse[]> {
  const uses: KeyUse[] = [];
  for (const table of await tablesOf(store)) {
    for (const column of textColumns(table)) {
      const { rows } = await sql<{ count: unknown }>`select count(*) as count from ${sql.table(table.name)}
        where ${sql.ref(column)} like ${`%${marker}%`}`.execute(store.read);
      const count = Number(rows[0]?.count ?? 0);
      if (count > 0) uses.push({ place: `${table.name}.${column}`, count });
    }
  }
  return uses;
}
