import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** The handle of one running write. Valid until the work that received it returns. */
export type Tx = Kysely<Tables>;

/**
 * The database. Reads see what was committed before they began. `write` runs one piece of work at a time, each inside a
 * savepoint, and resolves only after the transaction that holds it has been committed and flushed to disk: what a
 * caller was told is never lost. Work that throws leaves no trace and does not disturb its neighbours.
 *
 * Work must only talk to the database: while it runs, no other write can. It is cut off after a time limit.
 */
export interface Store {
  readonly read: Kysely<Tables>;
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Waits for accepted writes, then closes. */
  close(): Promise<void>;
}
