/**
 * Requests that turn their connection into a WebSocket. Until then each is a request like any other: the same hooks give it its ids, hold
 * it against the limits and read its token, the same handlers look at what it may do, and a refusal is the same answer in the same form.
 * A handler that has admitted it calls {@link UpgradeTarget.accept} as its last step.
 */
import { type IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type WebSocket, WebSocketServer } from "ws";
import { DomainError } from "../errors.ts";
import type { App } from "./app.ts";

/** The connection of a request that asks for an upgrade, until it is taken or refused. */
interface Pending {
  readonly socket: Socket;
  /** What came behind the head of the request: the first bytes of the stream. */
  readonly head: Buffer;
  /** Ends the connection after a refusal. */
  readonly endAfterAnswer: () => void;
}

const pending = new WeakMap<IncomingMessage, Pending>();

/** Whether a request asks for a WebSocket. One with a body does not: nobody would read it. Others keep what they had, and are answered. */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === "GET" &&
  headers.upgrade?.toLowerCase() === "websocket" &&
  headers["content-length"] === undefined &&
  headers["transfer-encoding"] === undefined;

/** Hands requests for an upgrade to the application. */
export function serveUpgrades(server: Server, app: App): void {
  server.on("upgrade", (request, socket, head) => {
    if (!(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    // From here on Node looks after the connection no more; one that breaks while a token is read must not end the process.
    socket.on("error", destroy);
    const response = new ServerResponse(request);
    const endAfterAnswer = (): void => socket.destroySoon();
    response.shouldKeepAlive = false;
    try {
      response.assignSocket(socket);
    } catch {
      // The answer to an earlier request is still being written to it, and clients that mean well wait for that.
      socket.destroy();
      return;
    }
    response.once("finish", endAfterAnswer);
    pending.set(request, { socket, head, endAfterAnswer });
    app.routing(request, response);
  });
}

function destroy(this: Socket): void {
  this.destroy();
}

/** Where WebSockets of one kind are made. */
export interface UpgradeTarget {
  /**
   * Makes the connection of a request a WebSocket; the request is over then.
   * @throws DomainError UpgradeRequired when the request did not ask for it, BadRequest when it asked wrongly
   */
  accept(request: FastifyRequest, reply: FastifyReply): WebSocket;
}

/** @param maxMessageBytes what is larger ends the WebSocket with 1009 */
export function createUpgradeTarget(maxMessageBytes: number): UpgradeTarget {
  const endpoint = new WebSocketServer({
    noServer: true,
    // Who keeps count of them is whoever accepts them.
    clientTracking: false,
    // It costs hundreds of kilobytes a connection, and messages are small.
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
  });

  /** @param ids headers beside the few that the library sends */
  const handshake = (request: IncomingMessage, { socket, head }: Pending, ids: readonly string[]): WebSocket => {
    let accepted: WebSocket | undefined;
    let refusal: Error | undefined;
    const onHeaders = (headers: string[]): void => void headers.push(...ids);
    const onRefused = (error: Error): void => {
      refusal = error;
    };
    endpoint.once("headers", onHeaders).once("wsClientError", onRefused);
    // All of it happens before this returns.
    endpoint.handleUpgrade(request, socket, head, (webSocket) => {
      accepted = webSocket;
    });
    endpoint.off("headers", onHeaders).off("wsClientError", onRefused);
    if (accepted !== undefined) return accepted;
    throw new DomainError(
      "BadRequest",
      `This is no request for a WebSocket: ${refusal?.message ?? "its client left"}.`,
    );
  };

  return {
    accept(request, reply) {
      const upgrade = pending.get(request.raw);
      if (upgrade === undefined) {
        throw new DomainError(
          "UpgradeRequired",
          "This call is a WebSocket: send 'Connection: Upgrade' and 'Upgrade: websocket', and let proxies in between pass them on.",
          { headers: { upgrade: "websocket", connection: "Upgrade" } },
        );
      }
      const ids = Object.entries(reply.getHeaders()).map(([name, value]) => `${name}: ${value}`);
      const webSocket = handshake(request.raw, upgrade, ids);
      pending.delete(request.raw);
      reply.hijack();
      const response = reply.raw;
      response.statusCode = 101;
      response.off("finish", upgrade.endAfterAnswer);
      response.detachSocket(upgrade.socket);
      // The library wrote the answer past the response: whoever waits for its end, to log and to count it, is told here.
      response.emit("finish");
      response.emit("close");
      return webSocket;
    },
  };
}
