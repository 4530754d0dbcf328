/** How to reach an API server: from inside a pod, or with a kubeconfig while developing and testing. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { z } from "zod";

export interface KubeAccess {
  readonly server: string;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly serverName?: string | undefined;
  /** Asked before each request; service-account tokens are renewed on disk under the pod's feet. */
  readonly token?: () => Promise<string>;
}

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";
/** Bound tokens are renewed well before their end; reading the file this often is more than enough. */
const tokenKeptMs = 30_000;

/** The pod's own service account. */
export async function inClusterAccess(host: string, port: string, folder = accountFolder): Promise<KubeAccess> {
  const ca = await readFile(`${folder}/ca.crt`, "utf8");
  const address = host.includes(":") ? `[${host}]` : host;
  return { server: `https://${address}:${port}`, ca, token: tokenFile(`${folder}/token`) };
}

function tokenFile(path: string): () => Promise<string> {
  let kept: { token: string; until: number } | undefined;
  return async () => {
    if (kept !== undefined && kept.until > Date.now()) return kept.token;
    const token = (await readFile(path, "utf8")).trim();
    kept = { token, until: Date.now() + tokenKeptMs };
    return token;
  };
}

const KubeConfigFile = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(
    z.object({
      name: z.string(),
      cluster: z.object({
        server: z.url(),
        "certificate-authority": z.string().optional(),
        "certificate-authority-data": z.string().optional(),
        "tls-server-name": z.string().optional(),
      }),
    }),
  ),
  users: z.array(
    z.object({
      name: z.string(),
      user: z.object({
        token: z.string().optional(),
        tokenFile: z.string().optional(),
        "client-certificate": z.string().optional(),
        "client-certificate-data": z.string().optional(),
        "client-key": z.string().optional(),
        "client-key-data": z.string().optional(),
      }),
    }),
  ),
});

/** A kubeconfig with a token or a client certificate: for agents that run as plain processes in tests and while developing. */
export async function kubeConfigAccess(path: string): Promise<KubeAccess> {
  // Only loaded here: no pod needs it.
  const { parse } = await import("yaml");
  const file = KubeConfigFile.parse(parse(await readFile(path, "utf8")));
  const context = file.contexts.find(({ name }) => name === file["current-context"])?.context;
  if (context === undefined) throw new Error(`kubeconfig ${path}: the current context does not exist`);
  const cluster = file.clusters.find(({ name }) => name === context.cluster)?.cluster;
  const user = file.users.find(({ name }) => name === context.user)?.user;
  if (cluster === undefined) throw new Error(`kubeconfig ${path}: there is no cluster ${context.cluster}`);
  if (user === undefined) throw new Error(`kubeconfig ${path}: there is no user ${context.user}`);

  const text = async (data: string | undefined, file: string | undefined): Promise<string | undefined> => {
    if (data !== undefined) return Buffer.from(data, "base64").toString("utf8");
    return file === undefined ? undefined : readFile(resolve(dirname(path), file), "utf8");
  };
  const { token, tokenFile: file_ } = user;
  return {
    server: cluster.server,
    serverName: cluster["tls-server-name"],
    ca: await text(cluster["certificate-authority-data"], cluster["certificate-authority"]),
    cert: await text(user["client-certificate-data"], user["client-certificate"]),
    key: await text(user["client-key-data"], user["client-key"]),
    ...(token === undefined ? {} : { token: async () => token }),
    ...(file_ === undefined ? {} : { token: tokenFile(resolve(dirname(path), file_)) }),
  };
}
