import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { Socket } from "node:net";

/** The connections of a server, told apart by whether an answer is on its way. */
export interface Connections {
  /** Ends each connection as soon as no answer is on its way, and all that are left after the grace time. */
  end(graceMs: number): Promise<void>;
}

/**
 * Node's own `close` and `closeIdleConnections` take a connection for idle as soon as the last byte of its answer was written, and
 * destroy it although a busy process may not have sent that byte yet: the client then sees a broken answer to what was done.
 */
export function trackConnections(server: Server): Connections {
  const running = new Map<Socket, number>();
  const stop = Promise.withResolvers<void>();
  let isStopping = false;

  const endIfIdle = (socket: Socket): void => {
    // Sends what is still buffered first.
    if (isStopping && running.get(socket) === 0) socket.destroySoon();
  };
  server.on("secureConnection", (socket) => {
    running.set(socket, 0);
    socket.once("close", () => {
      running.delete(socket);
      if (isStopping && running.size === 0) stop.resolve();
    });
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    running.set(socket, (running.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const count = running.get(socket);
      if (count === undefined) return;
      running.set(socket, count - 1);
      endIfIdle(socket);
    });
  });

  return {
    async end(graceMs) {
      isStopping = true;
      if (running.size === 0) return;
      for (const socket of running.keys()) endIfIdle(socket);
      const timer = setTimeout(stop.resolve, graceMs);
      await stop.promise;
      clearTimeout(timer);
    },
  };
}
