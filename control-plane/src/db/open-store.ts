import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { kyselyOver } from "./kysely-dialect.ts";
import { type Migration, migrate, readMigrations, sqliteTarget } from "./migrate.ts";
import { SqlConnection } from "./sql-connection.ts";
import { noMessages, type Store } from "./store.ts";
import { createWriteQueue, type WriteQueueOptions } from "./write-queue.ts";
import { startWriter } from "./writer.ts";

const LOCK_TIMEOUT_MS = 5000;

export interface OpenStoreOptions extends WriteQueueOptions {
  readonly file: string;
  readonly migrations?: readonly Migration[];
}

/**
 * Opens the embedded database, makes it if it is not there and brings its schema up to date. Reads run in this thread on a
 * read-only connection of their own: a point read takes some 20 µs, and the write-ahead log keeps writers out of its way.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
  // For the owner's eyes alone; SQLite gives the files beside it the mode of this one.
  closeSync(openSync(options.file, "a", 0o600));
  const writer = startWriter(options.file);
  let reader: SqlConnection;
  try {
    await migrate(sqliteTarget(writer), options.migrations ?? readMigrations());
    // From here on nobody else should write, and a request must not hang for long because somebody does.
    await writer.run(`pragma busy_timeout = ${LOCK_TIMEOUT_MS}`);
    reader = new SqlConnection(options.file, { readOnly: true });
  } catch (error) {
    await writer.close().catch(() => {});
    throw error;
  }
  const queue = createWriteQueue(writer, options);
  return {
    dialect: "sqlite",
    read: kyselyOver(async (sql, parameters) => reader.run(sql, parameters)),
    write: queue.write,
    writeStatement: queue.write,
    load: () => ({ pendingWrites: queue.pending() }),
    messages: noMessages,
    async close() {
      await queue.drain();
      reader.close();
      await writer.close();
    },
  };
}
