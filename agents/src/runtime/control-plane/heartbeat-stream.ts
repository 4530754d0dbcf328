/**
 * Heartbeats on a WebSocket that stays open, so that a sign of life costs the control plane a message and not a request. Until it is open,
 * and wherever something on the way does not let one through, each heartbeat is a request as it always was.
 */
import {
  errorCodes,
  type Heartbeat,
  type HeartbeatAnswer,
  HeartbeatStreamAnswer,
  maxStreamedHeartbeatBytes,
  streamCloseCodes,
} from "@arcfleet/contract";
import type { Logger } from "pino";
import type { WebSocket } from "ws";
import { backoffMs, type Clock, jitter, systemClock } from "../clock.ts";
import { openWebSocket } from "../http/open-web-socket.ts";
import { parseJson } from "../kube/kube-error.ts";
import type { ControlPlaneClient } from "./control-plane-client.ts";
import { ControlPlaneError, toControlPlaneError } from "./control-plane-error.ts";

export interface HeartbeatStream {
  /** Resolves when the control plane has saved the heartbeat. */
  heartbeat(heartbeat: Heartbeat, options?: { readonly signal?: AbortSignal | undefined }): Promise<HeartbeatAnswer>;
  /** Keeps the WebSocket open until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** The server pings at least every 20 s. */
const silenceMs = 65_000;
const timeoutMs = 20_000;
/** A control plane that stops sends all its clusters away in one moment; there is no haste to come back, requests do meanwhile. */
const comeBackWithinMs = 15_000;
const backoff = { firstMs: 1000, mostMs: 60_000 };
/** Whoever said no to a WebSocket will do so again. */
const refusedMs = 15 * 60_000;
const farewellMs = 2000;

/** The stream ended before the answer: nobody knows whether the heartbeat was saved. */
class NotAnsweredError extends Error {
  override readonly name = "NotAnsweredError";
}

interface Waiting {
  resolve(answer: HeartbeatAnswer): void;
  reject(error: Error): void;
}

export function heartbeatStream(given: {
  client: Pick<ControlPlaneClient, "heartbeat" | "connect">;
  log: Logger;
  clock?: Clock;
}): HeartbeatStream {
  const { client, log, clock = systemClock } = given;
  let open: WebSocket | undefined;
  let waiting: Waiting | undefined;

  const settle = (outcome: HeartbeatAnswer | Error): void => {
    const one = waiting;
    waiting = undefined;
    if (outcome instanceof Error) one?.reject(outcome);
    else one?.resolve(outcome);
  };

  /** Settles what waits for its answer, and holds the stream to having been asked. */
  const receive = (stream: WebSocket, text: string): void => {
    const parsed = HeartbeatStreamAnswer.safeParse(parseJson(text));
    if (waiting === undefined || !parsed.success) {
      settle(new ControlPlaneError(200, "UnexpectedAnswer", `heartbeat: not what was agreed: ${text.slice(0, 200)}`));
      stream.terminate();
    } else if ("error" in parsed.data) {
      settle(toControlPlaneError("heartbeat", { status: statusOf(parsed.data.error.code), body: text, headers: {} }));
    } else {
      settle(parsed.data);
    }
  };

  /** Sends on the open stream. Without an answer in time the stream is given up: the next heartbeat must not meet the late answer. */
  const ask = (stream: WebSocket, text: string, signal: AbortSignal | undefined): Promise<HeartbeatAnswer> =>
    new Promise((resolve, reject) => {
      const giveUp = (reason: Error): void => {
        settle(reason);
        stream.terminate();
      };
      const abort = (): void => giveUp(signal?.reason);
      const cancel = clock.after(timeoutMs, () => giveUp(new NotAnsweredError(`no answer in ${timeoutMs / 1000} s`)));
      const over = (): void => {
        cancel();
        signal?.removeEventListener("abort", abort);
      };
      waiting = {
        resolve: (answer) => {
          over();
          resolve(answer);
        },
        reject: (error) => {
          over();
          reject(error);
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      stream.send(text);
    });

  /** Resolves when the stream has ended; with whether its other end ever said a word. */
  const stayOpen = async (signal: AbortSignal): Promise<{ isHeard: boolean; reason: string }> => {
    const ended = Promise.withResolvers<{ isHeard: boolean; reason: string }>();
    const listen = (stream: WebSocket): void => {
      open = stream;
      let isHeard = false;
      let fault: Error | undefined;
      const startSilence = (): (() => void) => clock.after(silenceMs, () => stream.terminate());
      let stopSilence = startSilence();
      const hear = (): void => {
        isHeard = true;
        stopSilence();
        stopSilence = startSilence();
      };
      let stopFarewell = (): void => undefined;
      const leave = (): void => {
        stream.close(streamCloseCodes.goAway);
        stopFarewell = clock.after(farewellMs, () => stream.terminate());
      };
      stream.on("ping", hear);
      stream.on("message", (data) => {
        hear();
        receive(stream, String(data));
      });
      stream.on("error", (error) => {
        fault = error;
      });
      stream.on("close", (code, text) => {
        stopSilence();
        stopFarewell();
        signal.removeEventListener("abort", leave);
        if (open === stream) open = undefined;
        const reason = fault?.message ?? `closed with ${code} ${text}`.trim();
        settle(new NotAnsweredError(reason));
        ended.resolve({ isHeard, reason });
      });
      signal.addEventListener("abort", leave, { once: true });
      log.info("heartbeats go over an open stream");
    };
    const limits = { maxMessageBytes: maxStreamedHeartbeatBytes, timeoutMs };
    await client.connect(
      "heartbeat-stream",
      (route, request) => openWebSocket(route, { ...request, ...limits, signal, listen }),
      { signal },
    );
    return ended.promise;
  };

  return {
    async heartbeat(heartbeat, { signal } = {}) {
      const text = JSON.stringify(heartbeat);
      const isOpen = open !== undefined && open.readyState === open.OPEN && waiting === undefined;
      if (open === undefined || !isOpen || Buffer.byteLength(text) > maxStreamedHeartbeatBytes) {
        return client.heartbeat(heartbeat, { signal });
      }
      try {
        return await ask(open, text, signal);
      } catch (error) {
        if (!(error instanceof NotAnsweredError)) throw error;
        log.info({ reason: error.message }, "the stream ended before the answer; sending a request");
        return client.heartbeat(heartbeat, { signal });
      }
    },

    async run(signal) {
      let failures = 0;
      while (!signal.aborted) {
        let afterMs: number;
        try {
          const { isHeard, reason } = await stayOpen(signal);
          // One that opens and says nothing is as good as none.
          failures = isHeard ? 0 : failures + 1;
          afterMs = isHeard ? Math.round(comeBackWithinMs * clock.random()) : backoffMs(clock, failures, backoff);
          log.info({ reason, afterMs }, "the stream of heartbeats ended; opening another");
        } catch (error) {
          if (signal.aborted) return;
          failures += 1;
          afterMs = isRefusal(error) ? jitter(clock, refusedMs, 0.5) : backoffMs(clock, failures, backoff);
          const reason = error instanceof Error ? error.message : String(error);
          log.info({ reason, afterMs }, "no stream for heartbeats; each is a request of its own");
        }
        await clock.sleep(afterMs, signal).catch(() => undefined);
      }
    },
  };
}

/** Whether no answer but this one can be expected: an older control plane, or a proxy that lets no WebSocket through. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ControlPlaneError &&
  error.status !== 429 &&
  error.status < 500 &&
  !(error.isOfControlPlane && (error.status === 401 || error.status === 403));

const statusOf = (code: string): number => Object.entries(errorCodes).find(([known]) => known === code)?.[1][0] ?? 500;
