import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { ClusterError } from "./kube-error.ts";
import { isInCluster, isKubeconfigFile, KubeconfigDocument, type KubeconfigSource } from "./kubeconfig-source.ts";
import { apiServerOfThePod } from "./pod-settings.ts";
import { resolveUserPath } from "./resolve-user-path.ts";

/** What a source says now. */
export interface FoundKubeconfig {
  /** For messages: which kubeconfig it is. */
  readonly title: string;
  readonly document: KubeconfigDocument;
  /** What relative paths in it are relative to. */
  readonly folder: string;
  /** Reading it again may give other credentials. */
  readonly mayChange: boolean;
}

/**
 * Reads a source as it is at this moment, without talking to anyone.
 * @throws ClusterError saying what is wrong, and never quoting what it read
 */
export function readKubeconfigSource(source: KubeconfigSource, readFile: (path: string) => string): FoundKubeconfig {
  if (isKubeconfigFile(source)) return fromFile(source.path, readFile);
  if (isInCluster(source)) return readPod();
  const title = "The kubeconfig";
  const content = typeof source === "string" ? parseText(source) : source;
  return { title, document: toDocument(content, title), folder: process.cwd(), mayChange: false };
}

function parseText(text: string): unknown {
  const content = parseYaml(text, "The kubeconfig");
  if (typeof content !== "string") return content;
  throw new ClusterError(
    'The kubeconfig cannot be read: as a string `kubeconfig` takes the text of the file, not its path. Give { path: "…" }, or ' +
      'readKubeconfig("…").',
  );
}

export const readTextFile = (path: string): string => readFileSync(path, "utf8");

function fromFile(path: string, readFile: (path: string) => string): FoundKubeconfig {
  const file = resolveUserPath(path);
  const title = `The kubeconfig ${file}`;
  let text: string;
  try {
    text = readFile(file);
  } catch (error) {
    throw new ClusterError(
      `${title} cannot be read: ${error instanceof Error ? error.message : String(error)}. It is read whenever the cluster is needed, ` +
        "for destroying it too: put it back, or give `kubeconfig` another source.",
      error,
    );
  }
  return { title, document: toDocument(parseYaml(text, title), title), folder: dirname(file), mayChange: true };
}

const accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

/** What Kubernetes gives to every pod, as a kubeconfig: the token stays in its file, which is renewed. */
function readPod(): FoundKubeconfig {
  const server = apiServerOfThePod();
  if (server === undefined) {
    throw new ClusterError(
      "`kubeconfig: { inCluster: true }` works only where Pulumi runs in a pod of the cluster to attach: KUBERNETES_SERVICE_HOST and " +
        "KUBERNETES_SERVICE_PORT are not set here.",
    );
  }
  const document = KubeconfigDocument.parse({
    "current-context": "in-cluster",
    clusters: [{ name: "in-cluster", cluster: { server, "certificate-authority": `${accountFolder}/ca.crt` } }],
    users: [{ name: "service-account", user: { tokenFile: `${accountFolder}/token` } }],
    contexts: [{ name: "in-cluster", context: { cluster: "in-cluster", user: "service-account" } }],
  });
  return { title: "The kubeconfig of the pod", document, folder: accountFolder, mayChange: true };
}

function parseYaml(text: string, title: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    // The parser quotes the text it could not read, which may hold a key.
    const kind = error instanceof Error ? error.name : "unknown error";
    throw new ClusterError(`${title} cannot be read: it is not YAML (${kind}).`);
  }
}

function toDocument(content: unknown, title: string): KubeconfigDocument {
  const parsed = KubeconfigDocument.safeParse(content);
  if (parsed.success) return parsed.data;
  throw new ClusterError(`${title} cannot be read: ${z.prettifyError(parsed.error)}`);
}
