import { setTimeout as delay } from "node:timers/promises";
import { DomainError } from "../../errors.ts";
import { kyselyOver } from "../kysely-dialect.ts";
import { type Migration, migrate, readMigrations } from "../migrate.ts";
import type { ConnectionLoad, Store } from "../store.ts";
import { type ConnectionSettings, parseDatabaseUrl } from "./connection-settings.ts";
import { type Connections, openConnections } from "./connections.ts";
import { adviceFor, failureOf, LOST_RETRY_SECONDS, toDomainError, unavailable } from "./failures.ts";
import { openMessages } from "./messages.ts";
import { migrationTarget } from "./migration-target.ts";
import { createTransactions, type TransactionsOptions } from "./transactions.ts";

export interface OpenPostgresStoreOptions extends Partial<Omit<TransactionsOptions, "maxAtOnce">> {
  /** `postgres://…`; a function is asked again for each new connection. */
  readonly url: string | (() => string);
  /** Connections at most: a third reads, the rest writes, and one more listens. */
  readonly maxConnections?: number;
  readonly migrations?: readonly Migration[];
  /** How long a database that is away is waited for at the start. */
  readonly startTimeoutMs?: number;
  /** Told about connections that broke, and of waiting at the start. */
  readonly onTrouble?: (error: unknown, message: string) => void;
}

/** Opens a PostgreSQL database that several replicas may share, and brings its schema up to date. */
export async function openPostgresStore(options: OpenPostgresStoreOptions): Promise<Store> {
  const { url, maxConnections = 18, workTimeoutMs = 10_000, startTimeoutMs = 30_000, onTrouble = () => {} } = options;
  const settings = (): ConnectionSettings => parseDatabaseUrl(typeof url === "string" ? url : url());
  // Wrong settings are told at once, and not as a database that is away.
  settings();
  const common = {
    settings,
    statementTimeoutMs: workTimeoutMs,
    onLost: (error: Error) => onTrouble(error, "a connection to the database was lost"),
  };
  const maxWriters = Math.max(2, Math.ceil((maxConnections * 2) / 3));
  // Two pools: work reads too, and would otherwise wait for a connection that another piece of work waits with.
  const writers = openConnections({
    ...common,
    max: maxWriters,
    prepare: writerSettings,
  });
  const readers = openConnections({
    ...common,
    max: Math.max(2, Math.floor(maxConnections / 3)),
    prepare: readerSettings,
  });
  const closeAll = async (): Promise<void> => {
    await Promise.all([writers.close(), readers.close()]);
  };

  try {
    await waitForDatabase(writers, startTimeoutMs, onTrouble);
    if (await writers.sharesSessions()) throw new Error(pooledByTransaction);
    await migrateOn(writers, options.migrations ?? readMigrations());
  } catch (error) {
    await closeAll();
    throw error;
  }

  const runRead = statementRunner(readers, true);
  const messages = openMessages({
    clientConfig: readers.clientConfig,
    run: runRead,
  });
  const transact = createTransactions(writers, { workTimeoutMs, maxAtOnce: maxWriters, onCommit: options.onCommit });
  const single = kyselyOver(statementRunner(writers, false), "postgres");
  const accepted = new Set<Promise<unknown>>();
  let isClosed = false;
  const accept = <T>(run: () => Promise<T>): Promise<T> => {
    if (isClosed) {
      const message = "The control plane is stopping and takes no more writes. Repeat the request once it is back.";
      return Promise.reject(new DomainError("ServiceUnavailable", message));
    }
    const result = run();
    const settled = result.then(
      () => {},
      () => {},
    );
    accepted.add(settled);
    void settled.then(() => accepted.delete(settled));
    return result;
  };

  return {
    dialect: "postgres",
    read: kyselyOver(runRead, "postgres"),
    write: (work) => accept(() => transact(work)),
    writeStatement: (statement) => accept(() => statement(single)),
    load: () => ({ pendingWrites: accepted.size, connections: sumOf(writers.load(), readers.load()) }),
    messages,
    async close() {
      isClosed = true;
      while (accepted.size > 0) await Promise.all(accepted);
      await messages.close();
      await closeAll();
    },
  };
}

const sumOf = (left: ConnectionLoad, right: ConnectionLoad): ConnectionLoad => ({
  busy: left.busy + right.busy,
  idle: left.idle + right.idle,
  waiting: left.waiting + right.waiting,
});

/**
 * A serializable transaction that reads a whole table clashes with everybody who writes into it, and for small tables that is the
 * plan which PostgreSQL takes.
 */
const writerSettings = ["set enable_seqscan = off", "set idle_in_transaction_session_timeout = 30000"];
const readerSettings = ["set default_transaction_read_only = off"];

/** Runs single statements, each on a connection of its own. Reads may be repeated when a connection breaks, writes may not. */
const statementRunner =
  (connections: Connections, isRead: boolean) => async (sql: string, parameters: readonly unknown[]) => {
    for (let attempt = 0; ; attempt++) {
      let isBroken = true;
      let isSent = false;
      try {
        const connection = await connections.acquire();
        isSent = true;
        try {
          const result = await connection.run(sql, parameters);
          isBroken = false;
          return result;
        } catch (error) {
          isBroken = ["away", "stale"].includes(failureOf(error));
          throw error;
        } finally {
          connection.release(isBroken);
        }
      } catch (error) {
        const failure = failureOf(error);
        const isWorthIt = isSent && ((failure === "away" && isRead) || failure === "conflict" || failure === "stale");
        if (isWorthIt && attempt < maxAttempts) continue;
        if (failure === "away" && isSent && !isRead) throw unavailable(lostStatement, error, LOST_RETRY_SECONDS);
        throw toDomainError(error);
      }
    }
  };

const maxAttempts = 4;
const lostStatement = "The database went away while this was being saved. Repeat the request.";

const pooledByTransaction =
  "The database cannot be used: a pooler in front of it hands one session to several connections, as PgBouncer does with pool_mode = transaction. Use pool_mode = session there, or connect to the server itself";

async function waitForDatabase(
  connections: Connections,
  timeoutMs: number,
  onTrouble: NonNullable<OpenPostgresStoreOptions["onTrouble"]>,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      (await connections.acquire()).release(false);
      return;
    } catch (error) {
      const isPatient = failureOf(error) === "away" && performance.now() < deadline;
      const reason = error instanceof Error ? error.message : String(error);
      // The cause is the reason that was just named.
      if (!isPatient) throw new Error(`The database cannot be used: ${reason}. ${adviceFor(error)}`);
      onTrouble(error, "the database cannot be reached yet; it is tried again");
      await delay(500);
    }
  }
}

async function migrateOn(connections: Connections, migrations: readonly Migration[]): Promise<void> {
  const connection = await connections.acquire();
  try {
    await migrate(await migrationTarget(connection), migrations);
  } finally {
    // Not used for anything else: it has no time limit any more.
    connection.release(true);
  }
}
