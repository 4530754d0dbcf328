import type { RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { DomainError } from "../errors.ts";
import type { Settings } from "../settings.ts";
import { type Connections, trackConnections } from "./connections.ts";
import { toErrorAnswer } from "./errors.ts";
import type { Metrics } from "./metrics.ts";
import { asksForWebSocket } from "./upgrades.ts";

export interface TlsKeyPair {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface Listening {
  readonly server: Server;
  readonly connections: Connections;
  readonly port: number;
}

/**
 * Opens the port before anything else is made, because the port is part of the public URL, which is part of tokens, links and the
 * catalogue. Until the application is there, requests are told to come back.
 */
export async function listen(
  settings: Settings,
  tls: TlsKeyPair,
  metrics: Pick<Metrics, "refusals">,
): Promise<Listening> {
  const server: Server = createServer({
    key: tls.keyPem,
    cert: tls.certificatePem,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["http/1.1"],
    requestTimeout: settings.requestTimeoutMs,
    headersTimeout: settings.headersTimeoutMs,
    // How often Node looks for requests that are too slow: every 30 seconds, unless told.
    connectionsCheckingInterval: Math.ceil(settings.headersTimeoutMs / 10),
    keepAliveTimeout: settings.limits.idleConnectionMs,
    handshakeTimeout: settings.limits.tlsHandshakeMs,
    maxHeaderSize: settings.limits.maxHeaderBytes,
    insecureHTTPParser: false,
    requireHostHeader: true,
    // Whatever else a client would like to speak, HTTP/2 say, is not looked at: it gets its answer in HTTP/1.1.
    shouldUpgradeCallback: (request) => server.listenerCount("upgrade") > 0 && asksForWebSocket(request),
  });
  // Counted by ourselves (limits/guard-requests.ts): Node would leave out the rest without a word.
  server.maxHeadersCount = 0;
  const connections = trackConnections(server, settings.limits, (reason) => metrics.refusals.inc({ reason }));
  server.on("request", comeBackLater);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      reject(new Error(`Cannot listen on ${settings.host} port ${settings.port}: ${cause.message}`, { cause }));
    });
    server.listen({ host: settings.host, port: settings.port }, resolve);
  });
  server.removeAllListeners("error");
  return { server, connections, port: (server.address() as AddressInfo).port };
}

/** Ends the time in which requests are sent away. */
export const beginServing = (server: Server): void => {
  server.removeListener("request", comeBackLater);
};

const comeBackLater: RequestListener = (_request, response) => {
  if (response.headersSent) return;
  const error = new DomainError("ServiceUnavailable", "The control plane is starting. Repeat the request.");
  const { status, headers, body } = toErrorAnswer(error, "");
  response.writeHead(status, { ...headers, "content-type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
};

/** Lets running answers end, closes what remains after the grace time, and gives the port back. */
export async function stopListening({ server, connections }: Listening, graceMs: number): Promise<void> {
  await connections.end(graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
    connections.destroyAll();
  });
}
