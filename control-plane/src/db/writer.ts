import { Worker } from "node:worker_threads";
import type { SqlResult } from "./sql-connection.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";

/** The main thread's end of the writer's thread. Statements are carried out in the order of the calls. */
export interface Writer {
  run(sql: string, parameters?: readonly unknown[]): Promise<SqlResult>;
  close(): Promise<void>;
}

interface Waiting {
  readonly sql: string | null;
  resolve(result: SqlResult): void;
  reject(error: Error): void;
}

/**
 * Starts the thread. All statements that one turn of the event loop issues travel in one message, because a message costs more
 * than most statements: hence `setImmediate`, which waits for the promises of that turn, and not a microtask.
 */
export function startWriter(file: string): Writer {
  const worker = new Worker(new URL("./writer-thread.ts", import.meta.url), { workerData: { file } });
  const waiting = new Map<number, Waiting>();
  let outgoing: WriterRequest[] = [];
  let nextId = 1;
  let dead: Error | undefined;

  const fail = (error: Error): void => {
    dead ??= error;
    for (const entry of waiting.values()) entry.reject(dead);
    waiting.clear();
  };
  worker.on("message", (answers: readonly WriterAnswer[]) => {
    for (const answer of answers) {
      const entry = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ("result" in answer) entry?.resolve(answer.result);
      else entry?.reject(new Error(`${answer.error} (statement: ${entry.sql ?? "close"})`));
    }
  });
  worker.on("error", (error) => fail(new Error("The database's writer thread failed", { cause: error })));
  worker.on("exit", () => fail(new Error("The database is closed")));

  const flush = (): void => {
    const requests = outgoing;
    outgoing = [];
    worker.postMessage(requests);
  };
  const send = (sql: string | null, parameters: readonly unknown[]): Promise<SqlResult> =>
    new Promise((resolve, reject) => {
      if (dead) return reject(dead);
      const id = nextId++;
      waiting.set(id, { sql, resolve, reject });
      if (outgoing.push({ id, sql, parameters }) === 1) setImmediate(flush);
    });

  return {
    run: (sql, parameters = []) => send(sql, parameters),
    async close() {
      const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      await send(null, []);
      await exited;
    },
  };
}
