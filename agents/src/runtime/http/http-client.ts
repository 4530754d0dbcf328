/**
 * HTTPS requests with a CA of one's own, on Node's built-in client: an agent's memory is its main cost, and every HTTP or
 * Kubernetes library measured doubles it (docs/decisions/0030). Certificates are always verified.
 */
import { type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent, request as tlsRequest } from "node:https";

export interface HttpClientOptions {
  /** `https://host:port`, without a path; `http:` only for a local `kubectl proxy`. */
  readonly baseUrl: string;
  /** PEM of the CAs to trust instead of the public ones. */
  readonly ca?: string | undefined;
  /** A client certificate and its key, PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  readonly userAgent: string;
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Until the whole answer is there; for a stream: the longest silence. */
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The answer's text, as it comes. */
  readonly chunks: AsyncIterable<string>;
}

/** No answer: the network, the name, the certificate or the time. The message names the server and the cause. */
export class NoAnswerError extends Error {
  override readonly name = "NoAnswerError";
  readonly code: string | undefined;

  constructor(message: string, options: { cause: unknown; code: string | undefined }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** How requests reach the server, for a library that speaks another protocol after its request. */
export interface HttpRoute {
  /** Trusts and knows what the client does. */
  readonly agent: PlainAgent;
  readonly origin: string;
  readonly userAgent: string;
}

export interface HttpClient {
  readonly route: HttpRoute;
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** The answer is delivered as it comes; a silence longer than `timeoutMs` ends it with an error. */
  stream(request: HttpRequest): Promise<HttpStream>;
  close(): void;
}

const defaultTimeoutMs = 30_000;
/** More than the largest list or desired state that makes sense in one answer. */
const maxBodyBytes = 64 * 1024 * 1024;

export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = new URL(options.baseUrl);
  const isTls = base.protocol === "https:";
  // Keep-alive probes find a peer that vanished without a word while a watch is open.
  const agent = isTls
    ? new Agent({
        keepAlive: true,
        keepAliveMsecs: 15_000,
        maxSockets: 32,
        ca: options.ca,
        cert: options.cert,
        key: options.key,
        servername: options.serverName,
      })
    : new PlainAgent({ keepAlive: true, keepAliveMsecs: 15_000, maxSockets: 32 });
  const send = isTls ? tlsRequest : plainRequest;

  const open = (request: HttpRequest, signal: AbortSignal | undefined): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const outgoing = send(
        {
          agent,
          host: base.hostname.replace(/^\[|\]$/g, ""),
          port: base.port || (isTls ? 443 : 80),
          method: request.method,
          path: request.path,
          headers: {
            "user-agent": options.userAgent,
            accept: "application/json",
            ...(request.body === undefined ? {} : { "content-length": Buffer.byteLength(request.body) }),
            ...request.headers,
          },
          signal,
        },
        resolve,
      );
      outgoing.on("error", reject);
      outgoing.end(request.body);
    });

  const explain = (request: HttpRequest, cause: unknown): unknown => {
    // The caller's own abort passes through as it is.
    if (request.signal?.aborted) return request.signal.reason;
    const code = codeOf(cause);
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new NoAnswerError(`${request.method} ${base.origin}${pathOf(request)}: ${reason}`, { cause, code });
  };

  return {
    route: { agent, origin: base.origin, userAgent: options.userAgent },

    async request(request) {
      const limit = limitOf(request.signal);
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
      try {
        const message = await open(request, limit.signal);
        const body = await readAll(message);
        return { status: message.statusCode ?? 0, headers: message.headers, body };
      } catch (error) {
        throw explain(request, limit.signal.aborted ? limit.signal.reason : error);
      } finally {
        clearTimeout(timer);
        limit.release();
      }
    },

    async stream(request) {
      const limit = limitOf(request.signal);
      const silenceMs = request.timeoutMs ?? 60_000;
      const stop = () => limit.abort(new Error(`silent for ${silenceMs / 1000} s`));
      let timer = setTimeout(stop, silenceMs);
      const release = () => {
        clearTimeout(timer);
        limit.release();
      };
      try {
        const message = await open(request, limit.signal);
        message.setEncoding("utf8");
        const chunks = async function* (): AsyncGenerator<string> {
          try {
            for await (const chunk of message) {
              clearTimeout(timer);
              timer = setTimeout(stop, silenceMs);
              yield String(chunk);
            }
          } catch (error) {
            throw explain(request, limit.signal.aborted ? limit.signal.reason : error);
          } finally {
            release();
            message.destroy();
          }
        };
        return { status: message.statusCode ?? 0, headers: message.headers, chunks: chunks() };
      } catch (error) {
        const reason = limit.signal.aborted ? limit.signal.reason : error;
        release();
        throw explain(request, reason);
      }
    },

    close: () => agent.destroy(),
  };
}

/** A controller that also follows the caller's signal, without leaving a listener on it. */
function limitOf(signal: AbortSignal | undefined) {
  const controller = new AbortController();
  const follow = () => controller.abort(signal?.reason);
  if (signal?.aborted) follow();
  signal?.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    abort: (reason: Error) => controller.abort(reason),
    release: () => signal?.removeEventListener("abort", follow),
  };
}

/** The text of an answer. */
export async function readAll(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of message) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += bytes.length;
    if (size > maxBodyBytes) {
      message.destroy();
      throw new Error(`the answer is larger than ${maxBodyBytes} bytes`);
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString("utf8");
}

/** The query may be long and says little. */
const pathOf = (request: HttpRequest): string => request.path.split("?", 1)[0] ?? request.path;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
