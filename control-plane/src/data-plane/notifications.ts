import type { ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import type { Gauge } from "prom-client";
import type { Generations } from "../desired/generation.ts";
import { DomainError } from "../errors.ts";

const KEEP_ALIVE_MS = 20_000;
/** Tokens live for an hour; a stream must not outlive the one that opened it. The spread keeps clusters from coming back together. */
const MIN_LIFE_MS = 40 * 60 * 1000;
const LIFE_SPREAD_MS = 15 * 60 * 1000;
const MAX_STREAMS_PER_CLUSTER = 16;

/** The open notification streams. */
export interface Notifications {
  /** Turns the answer into a stream of server-sent events with the generations of the cluster, beginning with the current one. */
  open(reply: FastifyReply, clusterKey: string, isStillAllowed: () => Promise<boolean>): Promise<void>;
  closeAll(): void;
}

const isUnavailable = (error: unknown): boolean => error instanceof DomainError && error.code === "ServiceUnavailable";

export function createNotifications(generations: Generations, openStreams: Gauge): Notifications {
  const streams = new Map<string, Set<ServerResponse>>();

  const admit = (clusterKey: string, stream: ServerResponse): void => {
    const open = streams.get(clusterKey) ?? new Set();
    if (open.size >= MAX_STREAMS_PER_CLUSTER) {
      throw new DomainError(
        "TooManyRequests",
        `The cluster has ${open.size} notification streams open, which is the limit; close one of them.`,
        { headers: { "retry-after": "30" } },
      );
    }
    streams.set(clusterKey, open.add(stream));
    openStreams.inc();
  };
  const release = (clusterKey: string, stream: ServerResponse): void => {
    const open = streams.get(clusterKey);
    if (open?.delete(stream)) openStreams.dec();
    if (open?.size === 0) streams.delete(clusterKey);
  };

  return {
    async open(reply, clusterKey, isStillAllowed) {
      const stream = reply.raw;
      admit(clusterKey, stream);
      let isClogged = false;
      const write = (text: string): void => {
        if (!stream.writableEnded) isClogged = !stream.write(text);
      };
      stream.on("drain", () => {
        isClogged = false;
      });
      let sent = -1;
      const tell = (generation: number): void => {
        if (generation <= sent) return;
        sent = generation;
        write(`event: generation\ndata: ${JSON.stringify({ generation })}\n\n`);
      };
      const unsubscribe = generations.subscribe(clusterKey, tell);
      const keepAlive = setInterval(() => {
        // Nobody reads any more: what is still buffered has been so for a whole interval.
        if (isClogged) stream.destroy();
        else write(": keep-alive\n\n");
        isStillAllowed().then(
          (isAllowed) => isAllowed || stream.end(),
          // While the database is away nobody can say; if every stream ended, all clusters would come back at once.
          (error: unknown) => isUnavailable(error) || stream.end(),
        );
      }, KEEP_ALIVE_MS);
      const end = setTimeout(() => stream.end(), MIN_LIFE_MS + Math.random() * LIFE_SPREAD_MS);
      stream.once("close", () => {
        clearInterval(keepAlive);
        clearTimeout(end);
        unsubscribe();
        release(clusterKey, stream);
      });
      reply.hijack();
      // The ids of the request are among them.
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) stream.setHeader(name, value);
      }
      stream.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        // The connection ends with the stream: one kept alive would hold up a control plane that stops.
        connection: "close",
      });
      stream.flushHeaders();
      // Subscribed before this read, so that no change falls between the two.
      tell(await generations.current(clusterKey));
    },
    closeAll() {
      for (const open of streams.values()) for (const stream of open) stream.end();
    },
  };
}
