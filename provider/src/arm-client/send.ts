import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ArmErrorBody } from "@arcfleet/contract";
import type { AxiosInstance, AxiosResponse } from "axios";
import pRetry from "p-retry";
import { ArmRequestError, describeArmError, hintFor } from "./error.ts";
import { isCertificateProblem, unreachable } from "./network-error.ts";
import type { Pace } from "./pace.ts";
import type { GetToken } from "./token.ts";

export interface ArmRequest {
  readonly method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE";
  /** A path with its query, or an absolute URL of the same origin. */
  readonly url: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface ArmResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Transport {
  readonly http: AxiosInstance;
  readonly getToken: GetToken;
  readonly endpoint: string;
  readonly pace: Pace;
}

/** The answer says: not now. */
class TryAgain extends Error {
  readonly answer: AxiosResponse;
  constructor(answer: AxiosResponse) {
    super(`HTTP ${answer.status}`);
    this.answer = answer;
  }
}

const transient = new Set([408, 429, 500, 502, 503, 504]);
const retries = 6;
const longestWaitMs = 60_000;
/** Being told to slow down is no failure, but it must end. */
const longestSlowdownMs = 15 * 60_000;

/**
 * Sends one request until it is answered. Every verb we use is idempotent, so a lost connection is tried again as well: a
 * control plane that is being restarted costs a few seconds, not the run.
 */
export async function send(transport: Transport, request: ArmRequest): Promise<ArmResponse> {
  const correlationId = randomUUID();
  const attempt = async (): Promise<AxiosResponse> => {
    await transport.pace.ready(request.signal);
    const token = await transport.getToken(request.signal);
    const answer = await transport.http.request({
      method: request.method,
      url: request.url,
      data: request.body,
      headers: {
        Authorization: `Bearer ${token}`,
        "x-ms-correlation-request-id": correlationId,
        ...(request.body === undefined ? {} : { "Content-Type": "application/json" }),
        ...request.headers,
      },
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (answer.status === 429) transport.pace.pause(retryAfterMs(answer) ?? defaultPauseMs);
    if (transient.has(answer.status)) throw new TryAgain(answer);
    return answer;
  };

  const answer = await pRetry(attempt, {
    retries,
    minTimeout: 250,
    randomize: true,
    maxRetryTime: longestSlowdownMs,
    shouldConsumeRetry: ({ error }) => !isSlowdown(error),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    shouldRetry: ({ error }) => !(error instanceof ArmRequestError) && !isCertificateProblem(error),
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (!(error instanceof TryAgain) || isSlowdown(error) || retriesLeft === 0) return;
      await sleep(retryAfterMs(error.answer) ?? 0, undefined, request);
    },
  }).catch((error: unknown) => {
    request.signal?.throwIfAborted();
    if (error instanceof ArmRequestError) throw error;
    if (error instanceof TryAgain) return error.answer;
    throw unreachable(transport.endpoint, error);
  });

  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  if (answer.status >= 400) throw refused(request, answer, headers["x-ms-correlation-request-id"] ?? correlationId);
  return { status: answer.status, headers, body: answer.data };
}

/** The control plane has work enough; the pace of the whole process takes care of the waiting. */
const isSlowdown = (error: unknown): boolean => error instanceof TryAgain && error.answer.status === 429;
const defaultPauseMs = 1_000;

const retryAfterMs = (answer: AxiosResponse): number | undefined => {
  const seconds = Number(answer.headers["retry-after"]);
  return Number.isFinite(seconds) ? Math.min(seconds * 1000, longestWaitMs) : undefined;
};

function refused(request: ArmRequest, answer: AxiosResponse, correlationId: string): ArmRequestError {
  const body = ArmErrorBody.safeParse(answer.data);
  const code = body.success ? body.data.error.code : `HTTP ${answer.status}`;
  const reason = body.success ? describeArmError(body.data.error) : `HTTP ${answer.status}`;
  const hint = hintFor(code);
  const path = request.url.split("?")[0] ?? request.url;
  return new ArmRequestError(`${request.method} ${path} was refused. ${reason}`, {
    status: answer.status,
    code,
    correlationId,
    ...(hint === undefined ? {} : { hint }),
  });
}
