/**
 * Group commit. Writes wait in a queue; a batch begins one physical transaction, runs the pieces of work one after another,
 * each in a savepoint, and commits when the queue is drained or the batch is full. Only then are the callers told. So
 * the price of a flush to disk is shared by all that arrived during the last one, and a failing piece undoes only itself.
 *
 * Statements that need no answer (savepoint, release) are sent without waiting: the writer keeps the order, and their
 * outcome is looked at with the commit's.
 */

import { DomainError } from "../errors.ts";
import { kyselyOver } from "./kysely-dialect.ts";
import { toDomainError } from "./sqlite-failures.ts";
import type { Store, Tx } from "./store.ts";
import type { Writer } from "./writer.ts";

export interface WriteQueueOptions {
  /** Writes that one commit may carry. */
  readonly maxBatch?: number;
  /** How long one piece of work may take before it is cut off. */
  readonly workTimeoutMs?: number;
  /** Told after each commit. */
  readonly onCommit?: (batch: { readonly writes: number; readonly commitMs: number }) => void;
}

interface Item {
  work(tx: Tx): Promise<unknown>;
  resolve(value: never): void;
  reject(error: unknown): void;
}

interface Outcome {
  readonly item: Item;
  readonly value: unknown;
  /** Settles when the writer has closed the savepoint. */
  readonly released: Promise<unknown>;
}

export interface WriteQueue {
  readonly write: Store["write"];
  /** Writes that wait for their commit. */
  pending(): number;
  /** Resolves when nothing is queued or running, and refuses what comes later. */
  drain(): Promise<void>;
}

export function createWriteQueue(writer: Writer, options: WriteQueueOptions = {}): WriteQueue {
  const { maxBatch = 128, workTimeoutMs = 10_000, onCommit } = options;
  const queue: Item[] = [];
  let running: Promise<void> | undefined;
  let pending = 0;
  let isClosed = false;

  const runItem = async (item: Item, name: string): Promise<Outcome | undefined> => {
    const opened = writer.run(`savepoint ${name}`);
    opened.catch(() => {});
    try {
      const value = await runWithLimit(item, writer, workTimeoutMs);
      await opened;
      const released = writer.run(`release ${name}`);
      released.catch(() => {});
      return { item, value, released };
    } catch (error) {
      // When the disk is full SQLite may have undone the whole transaction by itself: what went wrong is then told to all of it.
      await writer.run(`rollback to ${name}`).catch(() => Promise.reject(error));
      await writer.run(`release ${name}`);
      item.reject(toDomainError(error));
      return undefined;
    }
  };

  const runBatch = async (): Promise<void> => {
    const done: Outcome[] = [];
    // The first is taken before the transaction begins, so that it is told if that fails.
    let taken = queue.shift();
    try {
      // Awaited: without its transaction a savepoint would be one of its own, and its release a commit.
      await writer.run("begin immediate");
      for (let count = 1; taken !== undefined; count++) {
        const outcome = await runItem(taken, `item${count}`);
        if (outcome) done.push(outcome);
        taken = count < maxBatch ? queue.shift() : undefined;
      }
      const startedAt = performance.now();
      await Promise.all([writer.run("commit"), ...done.map(({ released }) => released)]);
      onCommit?.({ writes: done.length, commitMs: performance.now() - startedAt });
    } catch (cause) {
      // The batch as a whole failed (disk full, database gone): nothing of it is there, so everyone in it is told.
      await writer.run("rollback").catch(() => {});
      const message = "The control plane cannot save anything now. Repeat the request; its log names the cause.";
      const told = toDomainError(cause);
      const error = told instanceof DomainError ? told : new DomainError("ServiceUnavailable", message, { cause });
      for (const { item } of done) item.reject(error);
      taken?.reject(error);
      return;
    }
    for (const { item, value } of done) item.resolve(value as never);
  };

  const runAll = async (): Promise<void> => {
    while (queue.length > 0) await runBatch();
    running = undefined;
  };

  return {
    write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      if (isClosed) {
        const message = "The control plane is stopping and takes no more writes. Repeat the request once it is back.";
        return Promise.reject(new DomainError("ServiceUnavailable", message));
      }
      return new Promise<T>((resolve, reject) => {
        pending += 1;
        queue.push({ work, resolve, reject });
        running ??= runAll();
      }).finally(() => {
        pending -= 1;
      });
    },
    pending: () => pending,
    async drain() {
      isClosed = true;
      while (running) await running;
    },
  };
}

/** Runs the work with a handle that dies with it, so that a forgotten await cannot write into a neighbour's savepoint. */
async function runWithLimit(item: Item, writer: Writer, timeoutMs: number): Promise<unknown> {
  let isOpen = true;
  const issued: Promise<unknown>[] = [];
  const tx = kyselyOver((sql, parameters) => {
    if (!isOpen) return Promise.reject(new Error("This write has ended: its statements must be awaited inside it"));
    const result = writer.run(sql, parameters);
    issued.push(result);
    return result;
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      item.work(tx),
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`A write took longer than ${timeoutMs} ms and was undone`)),
          timeoutMs,
        );
      }),
    ]);
  } finally {
    clearTimeout(timer);
    isOpen = false;
    // What the work issued and did not wait for still belongs to it; it is over before the savepoint is closed.
    await Promise.allSettled(issued);
  }
}
