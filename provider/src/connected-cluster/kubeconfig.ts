import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { ClusterError } from "./kube-error.ts";
import type { KubeconfigDocument, KubeconfigSource, KubeconfigUser } from "./kubeconfig-source.ts";
import { type FoundKubeconfig, readKubeconfigSource, readTextFile } from "./read-kubeconfig.ts";

type NamedCluster = KubeconfigDocument["clusters"][number];

/** A kubeconfig with one context chosen and found complete. */
export interface ChosenContext {
  /** This context alone, as the current one and with absolute paths: readable by helm and by other providers from anywhere. */
  readonly document: KubeconfigDocument;
  readonly context: string;
  /** The name of the user entry. */
  readonly user: string;
  readonly access: KubeconfigUser;
  readonly server: string;
  /** Reads the source once more: its credentials may have been renewed. Absent when that would bring nothing new. */
  readonly renew?: () => ChosenContext;
}

/** What a test may put in the place of the machine's. */
export interface Outside {
  readonly now: () => Date;
  readonly readFile: (path: string) => string;
}

/** The kubeconfig of a chosen context. JSON is YAML. */
export const textOf = ({ document }: ChosenContext): string => JSON.stringify(document);

/**
 * Reads a kubeconfig and chooses a context, without talking to anyone.
 * @throws ClusterError saying what is missing
 */
export function chooseContext(
  source: KubeconfigSource,
  wanted: string | undefined,
  { now = () => new Date(), readFile = readTextFile }: Partial<Outside> = {},
): ChosenContext {
  const found = readKubeconfigSource(source, readFile);
  const { context, cluster, user } = select(found, wanted);
  refuseInsecure(cluster, found.title);
  refuseForgotten(user.user, user.name);
  const access = absoluteUser(user.user, found.folder);
  refuseExpired(access, user.name, now());
  return {
    document: {
      apiVersion: "v1",
      kind: "Config",
      "current-context": context.name,
      clusters: [{ ...cluster, cluster: absolutePaths(cluster.cluster, ["certificate-authority"], found.folder) }],
      users: [{ ...user, user: access }],
      contexts: [context],
    },
    context: context.name,
    user: user.name,
    access,
    server: cluster.cluster.server,
    ...(found.mayChange || access.exec ? { renew: () => chooseContext(source, wanted, { now, readFile }) } : {}),
  };
}

function select({ title, document }: FoundKubeconfig, wanted: string | undefined) {
  const name = wanted ?? document["current-context"] ?? "";
  const context = document.contexts.find((candidate) => candidate.name === name);
  if (context === undefined) {
    const names = document.contexts.map((candidate) => candidate.name);
    const has = names.length === 0 ? "has no contexts at all" : `has the contexts ${names.join(", ")}`;
    throw new ClusterError(
      wanted === undefined
        ? `${title} names no usable current context ('${name}'): it ${has}. Set \`context\`.`
        : `${title} has no context '${wanted}': it ${has}.`,
    );
  }
  const cluster = document.clusters.find((candidate) => candidate.name === context.context.cluster);
  const user = document.users.find((candidate) => candidate.name === context.context.user);
  const misses = (what: string) =>
    new ClusterError(`${title}: the context '${name}' names a ${what} that is not in it.`);
  if (cluster === undefined) throw misses("cluster");
  if (user === undefined) throw misses("user");
  return { context, cluster, user };
}

function refuseInsecure({ cluster }: NamedCluster, title: string): void {
  if (cluster["insecure-skip-tls-verify"]) {
    throw new ClusterError(
      `${title} asks not to verify the certificate of ${cluster.server} (insecure-skip-tls-verify). A private key travels over ` +
        "this connection, so it must be verified: give certificate-authority-data instead.",
    );
  }
  if (!cluster.server.startsWith("https://")) {
    throw new ClusterError(`${title}: the server is ${cluster.server}; it must begin with https://.`);
  }
}

/** Ways to sign in that Kubernetes itself gave up with 1.26: helm could not follow. */
function refuseForgotten(user: KubeconfigUser, name: string): void {
  const provider = user["auth-provider"]?.name;
  if (provider !== "gcp" && provider !== "azure") return;
  throw new ClusterError(
    `The user '${name}' of the kubeconfig signs in with the auth-provider '${provider}', which Kubernetes clients no longer have since 1.26. ` +
      "Fetch a new kubeconfig: it names a program (exec) instead.",
  );
}

const filesOfUser = ["client-certificate", "client-key", "tokenFile"] as const;

function absoluteUser(user: KubeconfigUser, folder: string): KubeconfigUser {
  const { exec, ...rest } = absolutePaths(user, filesOfUser, folder);
  if (!exec) return rest;
  // As kubectl does: a command with a slash is a file, any other is looked for on PATH.
  const command = exec.command.includes("/") ? resolve(folder, exec.command) : exec.command;
  return { ...rest, exec: { ...exec, command } };
}

function absolutePaths<T extends object>(entry: T, keys: readonly (keyof T & string)[], folder: string): T {
  const made: T = { ...entry };
  for (const key of keys) {
    const path: unknown = entry[key];
    if (typeof path === "string" && path !== "" && !isAbsolute(path))
      Object.assign(made, { [key]: resolve(folder, path) });
  }
  return made;
}

function refuseExpired(user: KubeconfigUser, name: string, now: Date): void {
  const pem = certificateOf(user, name);
  if (pem === undefined) return;
  let end: Date;
  try {
    end = new Date(new X509Certificate(pem).validTo);
  } catch (error) {
    throw new ClusterError(
      `The client certificate of the user '${name}' in the kubeconfig is not a certificate.`,
      error,
    );
  }
  if (end < now) {
    throw new ClusterError(
      `The client certificate of the user '${name}' in the kubeconfig expired on ${end.toISOString()}. Fetch a new kubeconfig.`,
    );
  }
}

function certificateOf(user: KubeconfigUser, name: string): Buffer | undefined {
  const { "client-certificate-data": data, "client-certificate": file } = user;
  if (data) return Buffer.from(data, "base64");
  if (!file) return undefined;
  return readCredentialFile(file, `The client certificate of the user '${name}'`);
}

/** A file that a kubeconfig points to. */
export function readCredentialFile(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new ClusterError(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}.`, error);
  }
}
