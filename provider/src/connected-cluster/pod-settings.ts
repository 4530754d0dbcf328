import { isIPv6 } from "node:net";

/** The API server of the cluster that this process runs in, as Kubernetes tells every pod; undefined anywhere else. */
export function apiServerOfThePod(): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (!host || !port) return undefined;
  return `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
