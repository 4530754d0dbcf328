import { type PostgresServer, startPostgres } from "./postgres.ts";
import { serverVariable } from "./test-database.ts";

let server: PostgresServer | undefined;

/** Before the first test of the project `postgres`: one server for all of them. */
export async function setup(): Promise<void> {
  server = await startPostgres();
  process.env[serverVariable] = server.url();
}

export async function teardown(): Promise<void> {
  await server?.[Symbol.asyncDispose]();
}
