import { X509Certificate } from "node:crypto";
import { KubeConfig } from "@kubernetes/client-node";
import { ClusterError } from "./kube-error.ts";

/** A kubeconfig with one context chosen and found complete. */
export interface ChosenContext {
  /** The kubeconfig as it was given: helm reads it itself. */
  readonly text: string;
  readonly kubeConfig: KubeConfig;
  readonly context: string;
  readonly user: string;
  readonly server: string;
}

/**
 * Reads a kubeconfig and chooses a context, without talking to anyone.
 * @throws ClusterError saying what is missing
 */
export function chooseContext(text: string, wanted: string | undefined, now = new Date()): ChosenContext {
  const kubeConfig = new KubeConfig();
  try {
    kubeConfig.loadFromString(text);
  } catch (error) {
    // The parser quotes the text it could not read, which may hold a key.
    const kind = error instanceof Error ? error.name : "unknown error";
    throw new ClusterError(
      `The kubeconfig cannot be read (${kind}). \`kubeconfig\` takes the text of the file, not its path; readKubeconfig("…") reads one.`,
    );
  }
  const context = wanted ?? kubeConfig.getCurrentContext();
  const names = kubeConfig.getContexts().map(({ name }) => name);
  if (!names.includes(context)) {
    const has = names.length === 0 ? "has no contexts at all" : `has the contexts ${names.join(", ")}`;
    throw new ClusterError(
      wanted === undefined
        ? `The kubeconfig names no usable current context ('${context ?? ""}'): it ${has}. Set \`context\`.`
        : `The kubeconfig has no context '${wanted}': it ${has}.`,
    );
  }
  kubeConfig.setCurrentContext(context);
  const cluster = kubeConfig.getCurrentCluster();
  const user = kubeConfig.getCurrentUser();
  if (cluster === null)
    throw new ClusterError(`The context '${context}' of the kubeconfig names a cluster that is not in it.`);
  if (user === null)
    throw new ClusterError(`The context '${context}' of the kubeconfig names a user that is not in it.`);
  if (cluster.skipTLSVerify) {
    throw new ClusterError(
      `The kubeconfig asks not to verify the certificate of ${cluster.server} (insecure-skip-tls-verify). A private key travels over ` +
        "this connection, so it must be verified: give certificate-authority-data instead.",
    );
  }
  if (!cluster.server.startsWith("https://")) {
    throw new ClusterError(`The server of the kubeconfig is ${cluster.server}; it must begin with https://.`);
  }
  refuseExpired(user.certData, user.name, now);
  return { text, kubeConfig, context, user: user.name, server: cluster.server };
}

function refuseExpired(certificateData: string | undefined, user: string, now: Date): void {
  if (!certificateData) return;
  let end: Date;
  try {
    end = new Date(new X509Certificate(Buffer.from(certificateData, "base64")).validTo);
  } catch (error) {
    throw new ClusterError(
      `The client certificate of the user '${user}' in the kubeconfig is not a certificate.`,
      error,
    );
  }
  if (end < now) {
    throw new ClusterError(
      `The client certificate of the user '${user}' in the kubeconfig expired on ${end.toISOString()}. Fetch a new kubeconfig.`,
    );
  }
}
