import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import type { FuzzRequest } from "./requests.ts";
import type { Targets } from "./targets.ts";

export interface FuzzAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly durationMs: number;
}

/** Longer than any call may take, also on a busy machine. */
const timeoutMs = 15_000;

export interface Sender extends Disposable {
  send(call: FuzzRequest): Promise<FuzzAnswer>;
}

/** Sends requests over a few connections that are kept, as clients do. */
export function openSender({ endpoint, caFile, tokens }: Targets): Sender {
  const agent = new Agent({ ca: readFileSync(caFile), keepAlive: true, maxSockets: 4 });
  const { hostname, port } = new URL(endpoint);
  return {
    send({ method, url, caller, headers, body }) {
      const authorization = tokens[caller];
      const startedMs = performance.now();
      return new Promise((resolve, reject) => {
        let isAnswered = false;
        const sent = request(
          {
            agent,
            hostname,
            port,
            // Otherwise taken from the Host header, which may be anything here.
            servername: "localhost",
            method,
            path: sendable(url),
            headers: {
              ...(authorization === undefined ? {} : { authorization }),
              ...(body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) }),
              ...headers,
            },
            signal: AbortSignal.timeout(timeoutMs),
          },
          (answer) => {
            isAnswered = true;
            const chunks: Buffer[] = [];
            const finish = (): void =>
              resolve({
                status: answer.statusCode ?? 0,
                headers: answer.headers,
                text: Buffer.concat(chunks).toString("utf8"),
                durationMs: performance.now() - startedMs,
              });
            answer.on("data", (chunk: Buffer) => {
              chunks.push(chunk);
              // A stream of events has no end: its first words are enough.
              if (answer.headers["content-type"]?.startsWith("text/event-stream")) {
                finish();
                answer.destroy();
              }
            });
            answer.on("error", reject);
            answer.on("end", finish);
          },
        );
        sent.on("error", (cause) => {
          // The answer may be there before all of a refused body was sent.
          if (!isAnswered)
            reject(new Error(`no answer after ${Math.round(performance.now() - startedMs)} ms`, { cause }));
        });
        sent.end(body);
      });
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** The client of Node refuses some characters in paths; what is sent without it is in raw-http.test.ts. */
const sendable = (url: string): string =>
  url.replaceAll(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character.toWellFormed()));
