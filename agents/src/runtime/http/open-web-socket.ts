/** WebSockets over the connections of an HTTP client. In a file of its own, so that only agents that need them load the library. */
import { WebSocket } from "ws";
import { type HttpAnswer, type HttpRoute, NoAnswerError, readAll } from "./http-client.ts";

export interface WebSocketRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  /** Until the connection is a WebSocket, or was refused. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Called as soon as it is open, before anything can come on it. */
  listen(socket: WebSocket): void;
}

/** The answer that came instead, or undefined when the WebSocket is open. @throws NoAnswerError */
export function openWebSocket(route: HttpRoute, request: WebSocketRequest): Promise<HttpAnswer | undefined> {
  const { path, headers, maxMessageBytes, timeoutMs, signal, listen } = request;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const socket = new WebSocket(new URL(path, route.origin.replace(/^http/, "ws")), {
      agent: route.agent,
      headers: { "user-agent": route.userAgent, ...headers },
      maxPayload: maxMessageBytes,
      perMessageDeflate: false,
    });
    const abort = (): void => socket.terminate();
    const release = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
    const fail = (cause: Error): void => {
      release();
      if (signal.aborted) reject(signal.reason);
      const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
      reject(new NoAnswerError(`GET ${route.origin}${path}: ${cause.message}`, { cause, code }));
    };
    const timer = setTimeout(() => {
      fail(new Error(`no answer within ${timeoutMs / 1000} s`));
      abort();
    }, timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    // Stays after a refusal, whose connection is cut off: that is told here as well, to a promise that is settled.
    socket.on("error", fail);
    socket.once("unexpected-response", (_request, answer) => {
      readAll(answer)
        .then((body) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }), fail)
        .finally(() => {
          release();
          abort();
        });
    });
    socket.once("open", () => {
      release();
      socket.removeListener("error", fail);
      listen(socket);
      resolve(undefined);
    });
  });
}
