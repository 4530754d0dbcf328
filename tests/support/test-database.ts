/**
 * The database of a control plane under test. Suites that run on both databases ask here: in the project `postgres` each control plane
 * gets a database of the run's one server, everywhere else the embedded one in its data folder.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";

/** Set by postgres-setup.ts for the project `postgres`: the URL of the server's own database. */
export const serverVariable = "ARCFLEET_TEST_DATABASE_SERVER";

/** A database that postgres-setup.ts has brought to the newest schema, once for the run, and that nobody connects to. */
export const templateName = "arcfleet_template";

export const isOnPostgres = (): boolean => Boolean(process.env[serverVariable]);

export interface TestDatabase extends AsyncDisposable {
  /** The settings that name it, or none. */
  readonly settings: { readonly database?: string };
}

/** A database without content, its tables made already. Disposing removes it, whoever still uses it. */
export const testDatabase = (): Promise<TestDatabase> => copyOf(templateName);

/** A database without tables, as an administrator makes it. */
export const emptyDatabase = (): Promise<TestDatabase> => copyOf("template0");

async function copyOf(template: string): Promise<TestDatabase> {
  const server = process.env[serverVariable];
  if (server === undefined || server === "") return { settings: {}, async [Symbol.asyncDispose]() {} };
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, `create database ${name} template ${template} encoding 'UTF8'`);
  return {
    settings: { database: Object.assign(new URL(server), { pathname: `/${name}` }).href },
    [Symbol.asyncDispose]: () => onServer(server, `drop database if exists ${name} with (force)`),
  };
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
