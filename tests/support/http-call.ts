import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";

export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, text as it is. */
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body read as JSON; undefined when there is none. */
  readonly json: unknown;
}

/** One HTTPS request without any client library between, so that raw answers are seen. The CA is the only one trusted. */
export function httpCall(url: string, caFile: string, call: HttpCall = {}): Promise<HttpAnswer> {
  const body = call.body === undefined || typeof call.body === "string" ? call.body : JSON.stringify(call.body);
  const headers = {
    ...(body === undefined
      ? {}
      : { "content-type": "application/json", "content-length": `${Buffer.byteLength(body)}` }),
    ...call.headers,
  };
  const { method = "GET", timeoutMs = 30_000 } = call;
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers, ca: readFileSync(caFile), agent: false, signal: AbortSignal.timeout(timeoutMs) },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const isJson = /json/.test(answer.headers["content-type"] ?? "") && text !== "";
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
