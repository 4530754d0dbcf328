/**
 * The database of a control plane under test. Suites that run on both databases ask here: in the project `postgres` each control plane
 * gets an empty database of the run's one server, everywhere else the embedded one in its data folder.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";

/** Set by postgres-setup.ts for the project `postgres`: the URL of the server's own database. */
export const serverVariable = "ARCFLEET_TEST_DATABASE_SERVER";

export const isOnPostgres = (): boolean => Boolean(process.env[serverVariable]);

/** The settings that name a new database, or none. */
export async function testDatabase(): Promise<{ readonly database?: string }> {
  const server = process.env[serverVariable];
  if (server === undefined || server === "") return {};
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(`create database ${name} template template0 encoding 'UTF8'`);
  } finally {
    await client.end();
  }
  return { database: Object.assign(new URL(server), { pathname: `/${name}` }).href };
}
