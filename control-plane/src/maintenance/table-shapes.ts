import { z } from "zod";

/** What a column holds, as both databases know it. */
export type ColumnKind = "text" | "integer" | "real" | "bytes";

export interface ColumnShape {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A table as the database itself describes it, so that whoever adds one need not think of backups and keys. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** Runs one statement and answers with its rows. */
export type Query = (sql: string, parameters?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;

const statements = {
  sqlite: `select m.name as "table", p.name as "column", lower(p.type) as "type", p.pk as "position"
    from sqlite_master m join pragma_table_info(m.name) p
    where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' order by m.name, p.cid`,
  postgres: `select c.relname as "table", a.attname as "column", format_type(a.atttypid, null) as "type",
      coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) as "position"
    from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace order by c.relname, a.attnum`,
} as const;

const kinds: Readonly<Record<string, ColumnKind>> = {
  text: "text",
  integer: "integer",
  bigint: "integer",
  real: "real",
  "double precision": "real",
  bytea: "bytes",
  blob: "bytes",
};

const Row = z.object({ table: z.string(), column: z.string(), type: z.string(), position: z.coerce.number() });

/** All tables of the database but the list of its migrations and what maintenance itself has put there. */
export async function describeTables(query: Query, dialect: keyof typeof statements): Promise<TableShape[]> {
  const rows = z.array(Row).parse(await query(statements[dialect]));
  const names = [...new Set(rows.map(({ table }) => table))].filter((name) => name !== "migrations" && !isOwn(name));
  return names.sort().map((name) => {
    const own = rows.filter(({ table }) => table === name);
    const key = own.filter(({ position }) => position > 0).sort((a, b) => a.position - b.position);
    if (key.length === 0) throw new Error(`The table '${name}' has no primary key, so its rows cannot be told apart`);
    const columns = own.map(({ column, type }) => {
      const kind = kinds[type];
      if (kind === undefined)
        throw new Error(`The column '${name}.${column}' has the type '${type}', which is not portable`);
      return { name: column, kind };
    });
    return { name, columns, key: key.map(({ column }) => column) };
  });
}

/** Tables that a move makes in the database which it leaves. */
export const ownPrefix = "arcfleet_move_";
const isOwn = (name: string): boolean => name.startsWith(ownPrefix);

/** A name as an identifier of SQL; ours need no more than that. */
export const quote = (name: string): string => `"${name}"`;
