/**
 * The connections that agents keep open. What they have in common is here, once for all of them: how many a cluster may have, that nobody
 * is left on them who has gone, may call no more or has been there for long, and that they end when the control plane does. An idle one
 * costs a few words each {@link Limits.streamProbeMs} and no timer of its own, and all are looked up together.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { DomainError } from "../errors.ts";
import type { Metrics } from "../http/metrics.ts";
import type { Caller } from "../identity/caller.ts";

/** Streams end so that a replica that begins gets its share of them. The spread keeps clusters from coming back together. */
const MIN_LIFE_MS = 40 * 60 * 1000;
const LIFE_SPREAD_MS = 15 * 60 * 1000;
const MAX_STREAMS_PER_CLUSTER = 16;
/** All are probed in so many parts, one after another, so that other work finds its turn. */
const PARTS = 20;

export type StreamKind = "notifications" | "heartbeats";

/** `goAway`: the control plane stops, or the stream has lived long enough. `notAllowed`: a request of the same caller would be refused. */
export type StreamEnd = "goAway" | "notAllowed";

export interface OpenStream {
  readonly kind: StreamKind;
  readonly clusterKey: string;
  readonly caller: Caller;
  /** Says something, so that all in between see a living connection; ends the stream when the other end has shown no life since the last time. */
  probe(): void;
  end(why: StreamEnd): void;
}

export interface OpenStreams {
  /**
   * Looks after a stream until the returned function is called.
   * @throws DomainError TooManyRequests when the cluster has as many of the kind as it may
   */
  add(stream: OpenStream): () => void;
  endAll(): void;
  close(): void;
}

export interface OpenStreamsOptions {
  readonly probeMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly streams: Metrics["streams"];
  /** Which of the callers a request would still be taken from. */
  stillAccepted(callers: readonly Caller[]): Promise<ReadonlySet<Caller>>;
}

interface Entry {
  readonly stream: OpenStream;
  readonly endsAt: number;
}

interface Part {
  readonly entries: Set<Entry>;
  isLookedUp: boolean;
}

const isUnavailable = (error: unknown): boolean => error instanceof DomainError && error.code === "ServiceUnavailable";

export function createOpenStreams({ probeMs, clock, log, streams, stillAccepted }: OpenStreamsOptions): OpenStreams {
  const parts = Array.from({ length: PARTS }, (): Part => ({ entries: new Set(), isLookedUp: false }));
  const counts = new Map<string, number>();
  let next = 0;

  const partAt = (at: number): Part => parts[at % PARTS] as Part;

  const count = ({ kind, clusterKey }: OpenStream, change: 1 | -1): void => {
    const key = `${kind} ${clusterKey}`;
    const left = (counts.get(key) ?? 0) + change;
    if (left > MAX_STREAMS_PER_CLUSTER) {
      throw new DomainError(
        "TooManyRequests",
        `The cluster has ${left - 1} streams of ${kind} open, which is the limit; close one of them.`,
        { headers: { "retry-after": "30" } },
      );
    }
    if (left === 0) counts.delete(key);
    else counts.set(key, left);
    streams.inc({ kind }, change);
  };

  const endRefused = async (entries: readonly Entry[]): Promise<void> => {
    const refuse = (error: unknown): ReadonlySet<Caller> => {
      log.error({ err: error }, "whether streams are still allowed cannot be told; they are ended");
      return new Set();
    };
    const accepted = await stillAccepted(entries.map(({ stream }) => stream.caller)).catch((error: unknown) =>
      // While the database is away nobody can say; if every stream ended, all clusters would come back at once.
      isUnavailable(error) ? undefined : refuse(error),
    );
    for (const { stream } of entries) if (accepted?.has(stream.caller) === false) stream.end("notAllowed");
  };

  let turn = 0;
  const timer = setInterval(() => {
    const part = partAt(turn++);
    const now = clock.now().getTime();
    const entries = [...part.entries];
    for (const { stream, endsAt } of entries) {
      if (endsAt <= now) stream.end("goAway");
      else stream.probe();
    }
    if (entries.length === 0 || part.isLookedUp) return;
    part.isLookedUp = true;
    void endRefused(entries).finally(() => {
      part.isLookedUp = false;
    });
  }, probeMs / PARTS);
  timer.unref();

  return {
    add(stream) {
      count(stream, 1);
      const life = clock.now().getTime() + MIN_LIFE_MS + Math.random() * LIFE_SPREAD_MS;
      const entry: Entry = { stream, endsAt: Math.min(life, stream.caller.token?.expiresAt ?? life) };
      const { entries } = partAt(next++);
      entries.add(entry);
      return () => {
        if (entries.delete(entry)) count(stream, -1);
      };
    },
    endAll() {
      for (const { entries } of parts) for (const { stream } of [...entries]) stream.end("goAway");
    },
    close: () => clearInterval(timer),
  };
}
