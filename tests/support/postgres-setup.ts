import { openPostgresStore } from "../../control-plane/src/db/postgres/open-postgres-store.ts";
import { type PostgresServer, startPostgres } from "./postgres.ts";
import { serverVariable, templateName } from "./test-database.ts";

let server: PostgresServer | undefined;

/** Before the first test of the project `postgres`: one server for all of them, with a database that the migrations were run on. */
export async function setup(): Promise<void> {
  server = await startPostgres();
  await server.query(`create database ${templateName} template template0 encoding 'UTF8'`);
  const store = await openPostgresStore({ url: server.url(templateName) });
  await store.close();
  // A database that somebody is connected to cannot be copied.
  await server.query(`alter database ${templateName} with allow_connections false`);
  process.env[serverVariable] = server.url();
}

export async function teardown(): Promise<void> {
  await server?.[Symbol.asyncDispose]();
}
