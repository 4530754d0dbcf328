/**
 * The thread that owns the write connection. It knows statements only: transactions and their order are the business of
 * write-queue.ts. Answers come in the order of the requests.
 */
import { parentPort, workerData } from "node:worker_threads";
import { SqlConnection } from "./sql-connection.ts";
import type { WriterAnswer, WriterRequest } from "./writer-messages.ts";

if (parentPort === null) throw new Error("writer-thread.ts runs as a worker thread only");
const port = parentPort;

const { file } = workerData as { readonly file: string };
const connection = new SqlConnection(file, { readOnly: false });

port.on("message", (requests: readonly WriterRequest[]) => {
  const answers: WriterAnswer[] = [];
  let closing = false;
  for (const request of requests) {
    if (request.sql === null) {
      connection.close();
      closing = true;
      answers.push({ id: request.id, result: { rows: [], changes: 0 } });
      continue;
    }
    try {
      answers.push({ id: request.id, result: connection.run(request.sql, request.parameters) });
    } catch (error) {
      answers.push({ id: request.id, error: error instanceof Error ? error.message : String(error) });
    }
  }
  port.postMessage(answers);
  if (closing) port.close();
});
