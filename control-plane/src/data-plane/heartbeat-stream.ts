/**
 * The heartbeats of one cluster over a WebSocket: docs/decisions/0137. Each message is answered before the next may come, so that a stream
 * holds one heartbeat at most, whatever its other end does.
 */
import { Heartbeat, type HeartbeatStreamAnswer, streamCloseCodes } from "@arcfleet/contract";
import type { Logger } from "pino";
import type { RawData, WebSocket } from "ws";
import { z } from "zod";
import { invalidContent } from "../errors.ts";
import { toErrorAnswer } from "../http/errors.ts";
import type { Caller } from "../identity/caller.ts";
import { type Facts, factsOf, type Heartbeats } from "./heartbeats.ts";
import type { OpenStreams } from "./open-streams.ts";

export interface HeartbeatStreamOptions {
  readonly heartbeats: Heartbeats;
  readonly openStreams: OpenStreams;
  readonly log: Logger;
  readonly caller: Caller;
  readonly clusterKey: string;
  /** Of the request that opened the stream. */
  readonly correlationId: string;
  /** Told of each heartbeat that was saved. */
  onSaved(): void;
}

const JsonText = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : "is no JSON");
    return z.NEVER;
  }
});
const Message = JsonText.pipe(Heartbeat);

const reasons = {
  goAway: "Come back a little later.",
  notAllowed: "The identity that opened this stream may no longer do so.",
  notText: "Heartbeats are text.",
  notAgreed: "A message is no heartbeat, or came before the last one had its answer.",
} as const satisfies Record<keyof typeof streamCloseCodes, string>;
type Ending = keyof typeof reasons;

/**
 * @param accept makes the WebSocket, once there is a place for it: until then the request can still be refused
 * @throws DomainError TooManyRequests, and what `accept` throws
 */
export function openHeartbeatStream(accept: () => WebSocket, options: HeartbeatStreamOptions): void {
  const { heartbeats, openStreams, log, caller, clusterKey, correlationId, onSaved } = options;
  let isAlive = true;
  let isWaiting = false;
  /** Most heartbeats are word for word the one before, and need not be read again. */
  let known: { readonly text: string; readonly facts: Facts } | undefined;
  let ending: Ending | undefined;

  const close = (why: Ending): void => webSocket.close(streamCloseCodes[why], reasons[why]);
  const end = (why: Ending): void => {
    ending ??= why;
    // Whoever is about to be told that a heartbeat was saved is told first.
    if (!isWaiting) close(ending);
  };
  const answer = (body: HeartbeatStreamAnswer): void => {
    webSocket.send(JSON.stringify(body));
    isWaiting = false;
    if (ending !== undefined) close(ending);
  };
  const answerError = (error: unknown): void => {
    const { status, body } = toErrorAnswer(error, correlationId);
    if (status >= 500) log.error({ err: error, correlationId }, "a heartbeat could not be saved");
    answer(body);
  };

  const receive = (text: string): void => {
    isWaiting = true;
    if (text !== known?.text) {
      const parsed = Message.safeParse(text);
      if (!parsed.success) {
        end("notAgreed");
        answerError(invalidContent(`The message cannot be used: ${z.prettifyError(parsed.error)}`));
        return;
      }
      known = { text, facts: factsOf(parsed.data) };
    }
    heartbeats.record(clusterKey, known.facts).then((generation) => {
      if (generation === undefined) end("notAllowed");
      else onSaved();
      answer({ generation: generation ?? 0 });
    }, answerError);
  };

  const probe = (): void => {
    if (!isAlive) {
      webSocket.terminate();
      return;
    }
    isAlive = false;
    webSocket.ping();
  };
  const release = openStreams.add({ kind: "heartbeats", clusterKey, caller, probe, end });
  let webSocket: WebSocket;
  try {
    webSocket = accept();
  } catch (error) {
    release();
    throw error;
  }
  webSocket.on("pong", () => {
    isAlive = true;
  });
  webSocket.on("message", (data: RawData, isBinary: boolean) => {
    isAlive = true;
    if (ending !== undefined) return;
    if (isBinary) end("notText");
    else if (isWaiting) end("notAgreed");
    else receive(data.toString());
  });
  // The library has closed it by then, with the code that says why.
  webSocket.on("error", (error) => log.debug({ err: error, clusterKey }, "a heartbeat stream broke"));
  webSocket.once("close", release);
}
