import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { Socket } from "node:net";
import type { Limits } from "./limits/limit-settings.ts";

/** The connections of a server, told apart by whether an answer is on its way. */
export interface Connections {
  /** Ends each connection as soon as no answer is on its way, and all that are left after the grace time. */
  end(graceMs: number): Promise<void>;
  /** Ends whatever is left, also those that never finished their handshake: Node does not know them, and would wait for them. */
  destroyAll(): void;
}

export type ConnectionLimits = Pick<Limits, "maxConnections" | "maxConnectionsPerAddress" | "stalledAnswerMs">;

/** Why a connection was ended or not taken. */
export type ConnectionRefusal = "connections" | "connections-of-address" | "stalled";

/**
 * Node's own `close` and `closeIdleConnections` take a connection for idle as soon as the last byte of its answer was written, and
 * destroy it although a busy process may not have sent that byte yet: the client then sees a broken answer to what was done.
 */
export function trackConnections(
  server: Server,
  limits: ConnectionLimits,
  onRefused: (reason: ConnectionRefusal) => void,
): Connections {
  const running = new Map<Socket, number>();
  const open = new Set<Socket>();
  const stop = Promise.withResolvers<void>();
  let isStopping = false;

  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });

  limitConnections(server, limits, onRefused);
  endStalled(server, running, limits, onRefused);

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
  // In use until it ends: a WebSocket says good-bye before that.
  server.on("upgrade", ({ socket }: IncomingMessage) => running.set(socket, (running.get(socket) ?? 0) + 1));
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
    destroyAll() {
      for (const socket of open) socket.destroy();
    },
  };
}

/** Counted from the first packet on: a connection that never says a word takes a place as well. */
function limitConnections(
  server: Server,
  { maxConnections, maxConnectionsPerAddress }: ConnectionLimits,
  onRefused: (reason: ConnectionRefusal) => void,
): void {
  const byAddress = new Map<string, number>();
  if (maxConnections > 0) {
    server.maxConnections = maxConnections;
    server.on("drop", () => onRefused("connections"));
  }
  if (maxConnectionsPerAddress === 0) return;
  server.on("connection", (socket: Socket) => {
    const address = socket.remoteAddress ?? "";
    const count = (byAddress.get(address) ?? 0) + 1;
    byAddress.set(address, count);
    socket.once("close", () => {
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    });
    if (count <= maxConnectionsPerAddress) return;
    onRefused("connections-of-address");
    socket.destroy();
  });
}

/**
 * Ends a connection whose client takes nothing of its answer. Node tells when nothing moved for some time, in neither direction; a handler
 * that is still at work, or a stream that has nothing to say, is no reason to end it.
 */
function endStalled(
  server: Server,
  running: ReadonlyMap<Socket, number>,
  { stalledAnswerMs }: ConnectionLimits,
  onRefused: (reason: ConnectionRefusal) => void,
): void {
  server.setTimeout(stalledAnswerMs, (socket) => {
    // Idle between requests: Node leaves that to whoever listens here. What was still to be sent had the time as well.
    if ((running.get(socket) ?? 0) === 0) {
      socket.destroy();
      return;
    }
    if (socket.writableLength === 0) return;
    onRefused("stalled");
    socket.destroy();
  });
}
