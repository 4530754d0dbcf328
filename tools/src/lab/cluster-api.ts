import { readFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { parse } from "yaml";
import { z } from "zod";

const decoded = z.string().transform((text) => Buffer.from(text, "base64"));
const Kubeconfig = z.object({
  clusters: z.tuple([z.object({ cluster: z.object({ server: z.url(), "certificate-authority-data": decoded }) })]),
  users: z.tuple([z.object({ user: z.object({ "client-certificate-data": decoded, "client-key-data": decoded }) })]),
});

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly text: string;
}

export interface ClusterApi {
  readonly get: (path: string) => Promise<ApiAnswer>;
  /** Server-side apply of one object at its path. */
  readonly apply: (path: string, object: object) => Promise<ApiAnswer>;
  readonly close: () => void;
}

const REQUEST_MS = 5_000;

/**
 * The few calls the lab makes to an API server, with nothing but Node: a whole Kubernetes client would be a hundred times
 * the code, and kubectl a process for each look.
 */
export function clusterApi(kubeconfigPath: string): ClusterApi {
  const { clusters, users } = Kubeconfig.parse(parse(readFileSync(kubeconfigPath, "utf8")));
  const server = clusters[0].cluster;
  const { user } = users[0];
  const agent = new Agent({
    keepAlive: true,
    ca: server["certificate-authority-data"],
    cert: user["client-certificate-data"],
    key: user["client-key-data"],
  });
  const call = (method: string, path: string, body?: string): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { "content-type": "application/apply-patch+yaml" };
      const signal = AbortSignal.timeout(REQUEST_MS);
      const sent = request(new URL(path, server.server), { method, agent, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, text, body: readJson(text) });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return {
    get: (path) => call("GET", path),
    apply: (path, object) => call("PATCH", `${path}?fieldManager=arcfleet-lab&force=true`, JSON.stringify(object)),
    close: () => agent.destroy(),
  };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // /readyz answers in plain text
  }
}
