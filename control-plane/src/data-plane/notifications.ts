import type { FastifyReply } from "fastify";
import type { Generations } from "../desired/generation.ts";
import type { Caller } from "../identity/caller.ts";
import type { OpenStreams } from "./open-streams.ts";

/**
 * Turns the answer into a stream of server-sent events with the generations of the cluster, beginning with the current one.
 * @throws DomainError TooManyRequests
 */
export async function openNotifications(
  { generations, openStreams }: { readonly generations: Generations; readonly openStreams: OpenStreams },
  reply: FastifyReply,
  { caller, clusterKey }: { readonly caller: Caller; readonly clusterKey: string },
): Promise<void> {
  const stream = reply.raw;
  let isClogged = false;
  const write = (text: string): void => {
    if (!stream.writableEnded) isClogged = !stream.write(text);
  };
  const release = openStreams.add({
    kind: "notifications",
    clusterKey,
    caller,
    probe() {
      // Nobody reads any more: what is still buffered has been so since the last time.
      if (isClogged) stream.destroy();
      else write(": keep-alive\n\n");
    },
    end: () => stream.end(),
  });
  let sent = -1;
  const tell = (generation: number): void => {
    if (generation <= sent) return;
    sent = generation;
    write(`event: generation\ndata: ${JSON.stringify({ generation })}\n\n`);
  };
  const unsubscribe = generations.subscribe(clusterKey, tell);
  stream.on("drain", () => {
    isClogged = false;
  });
  stream.once("close", () => {
    unsubscribe();
    release();
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
}
