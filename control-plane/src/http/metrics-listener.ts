/** Metrics on a port of their own, for a network that only Prometheus reaches: plain HTTP, and nothing but metrics. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

export interface MetricsListener {
  readonly port: number;
  close(): Promise<void>;
}

export async function listenForMetrics(
  registry: Registry,
  where: { readonly host: string; readonly port: number },
  onError: (error: unknown) => void,
): Promise<MetricsListener> {
  const answer = async (response: ServerResponse): Promise<void> => {
    const text = await registry.metrics();
    response.writeHead(200, { "content-type": registry.contentType });
    response.end(text);
  };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5000 }, (request, response) => {
    const path = request.method === "GET" ? request.url?.split("?")[0] : undefined;
    if (path !== "/metrics") {
      // For supervisors inside of a container, which know no name of its certificate.
      response.writeHead(path === "/healthz" ? 200 : 404).end();
      return;
    }
    answer(response).catch((error: unknown) => {
      onError(error);
      response.writeHead(500).end();
    });
  });
  server.listen(where);
  try {
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot listen for metrics on ${where.host} port ${where.port}: ${reason}`, { cause });
  }
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
