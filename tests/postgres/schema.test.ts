import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { openStore } from "../../control-plane/src/db/open-store.ts";
import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import { SqlConnection } from "../../control-plane/src/db/sql-connection.ts";
import { type PostgresServer, startPostgres } from "../support/postgres.ts";
import { tempFolder } from "../support/temp-folder.ts";

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** `table.column type nullability`, one line a column, then the names of all indexes that migrations made. */
async function embeddedSchema(): Promise<string[]> {
  await using folder = await tempFolder("schema");
  const file = join(folder.path, "schema.sqlite");
  await (await openStore({ file })).close();
  const connection = new SqlConnection(file, { readOnly: true });
  try {
    const { rows: columns } = connection.run(
      `select m.name as tab, c.name as col, lower(c.type) as type, c."notnull" or c.pk > 0 as required, c.dflt_value is not null as preset
         from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`,
      [],
    );
    const { rows: indexes } = connection.run(
      "select name from sqlite_master where type = 'index' and name not like 'sqlite_%'",
      [],
    );
    return lines(columns, indexes);
  } finally {
    connection.close();
  }
}

async function postgresSchema(): Promise<string[]> {
  const url = await server.createDatabase();
  await (await openPostgresStore({ url })).close();
  const database = new URL(url).pathname.slice(1);
  const columns = await server.query(
    `select table_name as tab, column_name as col, data_type as type, is_nullable = 'NO' as required, column_default is not null as preset
       from information_schema.columns where table_schema = 'public'`,
    database,
  );
  const indexes = await server.query(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       left join pg_constraint k on k.conindid = i.indexrelid
       where k.oid is null and c.relnamespace = 'public'::regnamespace`,
    database,
  );
  return lines(columns, indexes);
}

type Row = Readonly<Record<string, unknown>>;
const lines = (columns: readonly Row[], indexes: readonly Row[]): string[] => [
  ...columns
    .map(
      ({ tab, col, type, required, preset }) =>
        `${tab}.${col} ${type}${Number(required) === 1 ? " not null" : ""}${Number(preset) === 1 ? " default" : ""}`,
    )
    .toSorted(),
  ...indexes.map(({ name }) => `index ${name}`).toSorted(),
];

test("both databases have the same tables, columns and indexes", async () => {
  expect(await postgresSchema()).toEqual(await embeddedSchema());
});

test("text is compared byte by byte in every column", async () => {
  const url = await server.createDatabase();
  await (await openPostgresStore({ url })).close();
  const other = await server.query(
    "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'",
    new URL(url).pathname.slice(1),
  );
  expect(other).toEqual([]);
});
