import type { Kysely } from "kysely";
import type { SqlDialect } from "./kysely-dialect.ts";
import type { Tables } from "./tables.ts";

/** The handle of one running write. Valid until the work that received it returns. */
export type Tx = Kysely<Tables>;

/**
 * The database. Reads see what was committed before they began. Each `write` runs one piece of work as if no other ran beside it, and
 * resolves only after the transaction that holds it has been committed and flushed to disk: what a caller was told is never lost.
 * Work that throws leaves no trace and does not disturb its neighbours.
 *
 * Work must only talk to the database, and only through its `tx`: it may be run more than once, until it fits between what others
 * write, and the embedded database runs nothing else meanwhile. What has effects elsewhere comes after `write` has resolved. It is
 * cut off after a time limit. When the database is away, reads and writes throw ServiceUnavailable; a write that threw so may have
 * been saved, so the caller repeats it.
 */
export interface Store {
  readonly dialect: SqlDialect;
  readonly read: Kysely<Tables>;
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Writes one statement that decides nothing by what it read, such as a batch of heartbeats: as durable as `write`, and cheaper
   * where that costs a transaction.
   */
  writeStatement<T>(statement: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** How busy it is at this moment. */
  load(): StoreLoad;
  /** Between the processes that share the database. */
  readonly messages: Messages;
  /** Waits for accepted writes, then closes. */
  close(): Promise<void>;
}

/** For metrics. */
export interface StoreLoad {
  /** Writes that were accepted and are not committed. */
  readonly pendingWrites: number;
  /** Connections of this process, where the database has any. */
  readonly connections?: ConnectionLoad;
}

export interface ConnectionLoad {
  readonly busy: number;
  readonly idle: number;
  /** Requests that wait for one. */
  readonly waiting: number;
}

/**
 * Short messages to the other processes of the same database. Hints only: they may be lost, so whoever listens also looks into the
 * database at times.
 */
export interface Messages {
  /** Whether messages arrive at present. Embedded: always, because there is nobody to hear from. */
  isConnected(): boolean;
  /** Sent soon, together with others. Never throws. */
  send(message: string): void;
  /** Calls the listener with what other processes sent, until the returned function is called. */
  listen(listener: (message: string) => void): () => void;
}

/** Messages where there is one process. */
export const noMessages: Messages = { isConnected: () => true, send: () => {}, listen: () => () => {} };
