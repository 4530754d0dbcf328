/**
 * Runs pieces of work as serializable transactions: the result is as if they had run one after another, which is what work relies
 * on. PostgreSQL finds out at the end, and then the work is run again. docs/decisions/0100
 */
import { setTimeout as delay } from "node:timers/promises";
import { kyselyOver } from "../kysely-dialect.ts";
import type { Store, Tx } from "../store.ts";
import type { Connection, Connections } from "./connections.ts";
import { failureOf, LOST_RETRY_SECONDS, toDomainError, unavailable } from "./failures.ts";
import { createLimiter } from "./limiter.ts";

export interface TransactionsOptions {
  /** How long one run of a piece of work may take; twice as long it is tried again. */
  readonly workTimeoutMs: number;
  /** Pieces of work side by side. */
  readonly maxAtOnce: number;
  readonly onCommit?: ((batch: { readonly writes: number; readonly commitMs: number }) => void) | undefined;
}

/** A key that another transaction took is found when the work runs again; if it is hurt then too, the work is wrong. */
const maxTaken = 3;
const maxPauseMs = 100;

export function createTransactions(connections: Connections, options: TransactionsOptions): Store["write"] {
  const limiter = createLimiter(options.maxAtOnce);

  return async (work) => {
    const deadline = performance.now() + 2 * options.workTimeoutMs;
    let taken = 0;
    for (let attempt = 0; ; attempt++) {
      const leave = await limiter.enter(attempt > 0);
      let hasClashed = false;
      try {
        // Whoever asked has given up by now.
        if (performance.now() > deadline) throw unavailable("Too many writes are waiting. Repeat the request.");
        return await runOnce(connections, work, options);
      } catch (error) {
        const failure = failureOf(error);
        hasClashed = failure === "conflict";
        if (failure === "taken") taken += 1;
        const isWorthIt =
          failure === "conflict" ||
          failure === "stale" ||
          (failure === "taken" && taken < maxTaken) ||
          isBeforeCommit(error);
        if (!isWorthIt || performance.now() > deadline) throw toDomainError(error);
      } finally {
        leave(hasClashed);
      }
      if (attempt > 1) await delay(Math.random() * Math.min(maxPauseMs, 2 ** attempt));
    }
  };
}

/** Marks what went wrong while certainly nothing was saved, because the commit had not been sent. */
const beforeCommit = new WeakSet<object>();
const isBeforeCommit = (error: unknown): boolean =>
  typeof error === "object" && error !== null && beforeCommit.has(error) && failureOf(error) === "away";

async function runOnce<T>(
  connections: Connections,
  work: (tx: Tx) => Promise<T>,
  options: TransactionsOptions,
): Promise<T> {
  const connection = await connections.acquire();
  let isBroken = true;
  try {
    const value = await runWork(connection, work, options.workTimeoutMs).catch(async (error: unknown) => {
      if (typeof error === "object" && error !== null) beforeCommit.add(error);
      // Also tells whether the connection is still of use.
      await connection.script("rollback");
      isBroken = failureOf(error) === "stale";
      throw error;
    });
    const startedAt = performance.now();
    await commit(connection, options.workTimeoutMs);
    isBroken = false;
    options.onCommit?.({ writes: 1, commitMs: performance.now() - startedAt });
    return value;
  } finally {
    connection.release(isBroken);
  }
}

/**
 * Runs the work with a handle that dies with it, so that a forgotten await cannot write into somebody else's transaction.
 *
 * After a statement that failed PostgreSQL takes nothing more in this transaction, so the work is over with it: it is not told, and its
 * other statements, which all fail too, find nobody to reject.
 */
async function runWork<T>(connection: Connection, work: (tx: Tx) => Promise<T>, timeoutMs: number): Promise<T> {
  let isOpen = true;
  const issued: Promise<unknown>[] = [];
  const over = Promise.withResolvers<never>();
  const watch = <R>(result: Promise<R>): Promise<R> => {
    // The answers come in the order of the statements: the first rejection is the cause of the others.
    const answered = new Promise<R>((resolve) => void result.then(resolve, over.reject));
    issued.push(answered);
    return answered;
  };
  // Not waited for: it travels with the first statements.
  void watch(connection.script("begin isolation level serializable"));
  const tx = kyselyOver((sql, parameters) => {
    if (!isOpen) return Promise.reject(new Error("This write has ended: its statements must be awaited inside it"));
    return watch(connection.run(sql, parameters));
  }, "postgres");
  const timer = setTimeout(
    () => over.reject(new Error(`A write took longer than ${timeoutMs} ms and was undone`)),
    timeoutMs,
  );
  try {
    const value = await Promise.race([work(tx), over.promise]);
    isOpen = false;
    await Promise.race([Promise.all(issued), over.promise]);
    return value;
  } finally {
    isOpen = false;
    clearTimeout(timer);
  }
}

/**
 * An answer other than success leaves open whether it was saved, unless the server itself gave the reason. So does a warning: it
 * comes when the server gave up waiting for its standby, and then a failover would lose what we say is saved.
 */
async function commit(connection: Connection, timeoutMs: number): Promise<void> {
  let isWarned = false;
  const stopListening = connection.onNotice((severity) => {
    isWarned ||= severity === "WARNING";
  });
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error("query read timeout")), timeoutMs);
  try {
    // The time limit of statements would end that waiting for the standby, with the warning.
    const tag = await Promise.race([connection.script("set local statement_timeout = 0; commit"), limit.promise]);
    if (tag === "COMMIT" && !isWarned) return;
  } catch (error) {
    const failure = failureOf(error);
    if (failure !== "away") throw error;
    throw unavailable(unknownOutcome, error, LOST_RETRY_SECONDS);
  } finally {
    clearTimeout(timer);
    stopListening();
  }
  throw unavailable(unknownOutcome, undefined, LOST_RETRY_SECONDS);
}

const unknownOutcome =
  "The database went away while this was being saved, so it may or may not be saved. Repeat the request.";
