/** The data plane of the control plane, typed by the contract. */
import {
  CertificateAnswer,
  type CertificateRequest,
  type DataPlaneVerb,
  type DesiredKind,
  DesiredState,
  dataPlanePath,
  type Heartbeat,
  HeartbeatAnswer,
  type Report,
  ReportAnswer,
  TokenAnswer,
  type TokenRequest,
} from "@arcfleet/contract";
import { z } from "zod";
import { type BackoffOptions, backoffMs, type Clock, systemClock } from "../clock.ts";
import {
  createHttpClient,
  type HttpAnswer,
  type HttpRoute,
  type HttpStream,
  NoAnswerError,
} from "../http/http-client.ts";
import { parseJson } from "../kube/kube-error.ts";
import { ControlPlaneError, toControlPlaneError } from "./control-plane-error.ts";
import type { TokenSource } from "./token-source.ts";

export interface ControlPlaneOptions {
  /** `https://host:port`. */
  readonly endpoint: string;
  /** PEM of the control plane's CA; absent when a public CA vouches for it. */
  readonly ca?: string | undefined;
  /** The cluster's ARM id. */
  readonly clusterId: string;
  readonly token: TokenSource;
  readonly userAgent: string;
  readonly clock?: Clock;
}

type Signal = { readonly signal?: AbortSignal | undefined };

export interface FetchedState {
  readonly state: DesiredState;
  /** Hand it back with the next question; an unchanged state then costs almost nothing. */
  readonly etag: string | undefined;
}

export interface ControlPlaneClient {
  readonly clusterId: string;
  /** Proven by the onboarding key inside the request; carries no token. */
  certificate(request: CertificateRequest, options?: Signal): Promise<CertificateAnswer>;
  tokens(request: TokenRequest, options?: Signal): Promise<TokenAnswer>;
  heartbeat(heartbeat: Heartbeat, options?: Signal): Promise<HeartbeatAnswer>;
  /**
   * The items of one kind that changed after a generation (0: all of them); undefined when nothing changed since `etag`.
   */
  desiredState(
    question: { kind: DesiredKind; since: number; etag?: string | undefined },
    options?: Signal,
  ): Promise<FetchedState | undefined>;
  /** Sends any number of reports, in batches. */
  report(reports: readonly Report[], options?: Signal): Promise<ReportAnswer>;
  /** The raw stream of notifications: see `watchGenerations`. */
  openNotifications(options: Signal & { silenceMs: number }): Promise<HttpStream>;
  /**
   * Asks once for a connection of another kind, with the token and over the route of all other calls.
   * @throws ControlPlaneError when `open` came back with an answer
   */
  connect(verb: DataPlaneVerb, open: Connect, options?: Signal): Promise<void>;
  close(): void;
}

/** Opens a connection; when the server answered the request instead, that is the result. */
export type Connect = (
  route: HttpRoute,
  request: { readonly path: string; readonly headers: Readonly<Record<string, string>> },
) => Promise<HttpAnswer | undefined>;

const attempts = 4;
const backoff: BackoffOptions = { firstMs: 300, mostMs: 10_000 };
const timeoutMs = 20_000;
const longestRetryAfterMs = 60_000;
const reportBatchSize = 100;

export function createControlPlaneClient(options: ControlPlaneOptions): ControlPlaneClient {
  const { clusterId, token, clock = systemClock } = options;
  const http = createHttpClient({ baseUrl: options.endpoint, ca: options.ca, userAgent: options.userAgent });

  const once = async (
    method: string,
    path: string,
    { signal, body, headers, isAnonymous }: CallOptions,
  ): Promise<HttpAnswer> => {
    const send = async (bearer: string | undefined): Promise<HttpAnswer> =>
      http.request({
        method,
        path,
        signal,
        timeoutMs,
        headers: {
          ...headers,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    if (isAnonymous) return send(undefined);
    const first = await token.get(signal);
    const answer = await send(first);
    if (!isTokensFault(answer.status)) return answer;
    token.refused(first);
    const second = await token.get(signal);
    return second === first ? answer : send(second);
  };

  const call = async (method: string, verb: DataPlaneVerb, options: CallOptions): Promise<HttpAnswer> => {
    const path = `${dataPlanePath(clusterId, verb)}${options.query === undefined ? "" : `?${options.query}`}`;
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt === attempts;
      try {
        const answer = await once(method, path, options);
        if (answer.status < 400) return answer;
        const error = toControlPlaneError(verb, answer);
        if (isLast || !isTransient(answer.status)) throw error;
        await clock.sleep(retryAfterMs(clock, answer) ?? backoffMs(clock, attempt, backoff), options.signal);
      } catch (error) {
        if (isLast || !(error instanceof NoAnswerError)) throw error;
        await clock.sleep(backoffMs(clock, attempt, backoff), options.signal);
      }
    }
  };

  const post = async <T>(verb: DataPlaneVerb, schema: z.ZodType<T>, options: CallOptions): Promise<T> =>
    read(verb, schema, await call("POST", verb, options));

  return {
    clusterId,
    certificate: (body, options = {}) =>
      post("certificate", CertificateAnswer, { ...options, body, isAnonymous: true }),
    tokens: (body, options = {}) => post("tokens", TokenAnswer, { ...options, body }),
    heartbeat: (body, options = {}) => post("heartbeat", HeartbeatAnswer, { ...options, body }),

    async desiredState({ kind, since, etag }, options = {}) {
      const query = new URLSearchParams({ since: String(since), kind }).toString();
      const headers: Record<string, string> = etag === undefined ? {} : { "if-none-match": etag };
      const answer = await call("GET", "desired-state", { ...options, query, headers });
      if (answer.status === 304) return undefined;
      const state = read("desired-state", DesiredState, answer);
      const tag = answer.headers.etag;
      return {
        state: { ...state, items: state.items.filter((item) => item.kind === kind) },
        etag: typeof tag === "string" ? tag : undefined,
      };
    },

    async report(reports, options = {}) {
      const unknown: ReportAnswer["unknown"] = [];
      for (let start = 0; start < reports.length; start += reportBatchSize) {
        const batch = { reports: reports.slice(start, start + reportBatchSize) };
        const answer = await post("reports", ReportAnswer, { ...options, body: batch });
        unknown.push(...answer.unknown);
      }
      return { unknown };
    },

    async openNotifications({ signal, silenceMs }) {
      const bearer = await token.get(signal);
      const stream = await http.stream({
        method: "GET",
        path: dataPlanePath(clusterId, "notifications"),
        headers: { authorization: `Bearer ${bearer}`, accept: "text/event-stream" },
        signal,
        timeoutMs: silenceMs,
      });
      if (stream.status === 200) return stream;
      if (isTokensFault(stream.status)) token.refused(bearer);
      let body = "";
      for await (const chunk of stream.chunks) body += chunk;
      throw toControlPlaneError("notifications", { ...stream, body });
    },

    async connect(verb, open, { signal } = {}) {
      const bearer = await token.get(signal);
      const request = { path: dataPlanePath(clusterId, verb), headers: { authorization: `Bearer ${bearer}` } };
      const answer = await open(http.route, request);
      if (answer === undefined) return;
      const error = toControlPlaneError(verb, answer);
      // Others on the way answer with these numbers too, and mean something else.
      if (error.isOfControlPlane && isTokensFault(answer.status)) token.refused(bearer);
      throw error;
    },

    close: () => http.close(),
  };
}

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly body?: unknown;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isAnonymous?: boolean;
}

/**
 * Revoked, signed by a key that is gone (401), or of an identity that the cluster had before it moved (403): another token may do,
 * and is asked for once.
 */
const isTokensFault = (status: number): boolean => status === 401 || status === 403;

/** Whether it makes sense to ask the same again soon. */
const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** The server's own wish, with a little on top so that not everybody comes back in the same moment. */
function retryAfterMs(clock: Clock, answer: HttpAnswer): number | undefined {
  const seconds = z.coerce.number().positive().safeParse(answer.headers["retry-after"]).data;
  if (seconds === undefined) return undefined;
  return Math.round(Math.min(seconds * 1000, longestRetryAfterMs) * (1 + 0.2 * clock.random()));
}

function read<T>(verb: string, schema: z.ZodType<T>, answer: HttpAnswer): T {
  const parsed = schema.safeParse(parseJson(answer.body));
  if (parsed.success) return parsed.data;
  const reason = z.prettifyError(parsed.error);
  throw new ControlPlaneError(
    answer.status,
    "UnexpectedAnswer",
    `${verb}: the answer is not what was agreed: ${reason}`,
  );
}
