import type { RequestOptions } from "node:https";
import axios, { type AxiosInstance } from "axios";
import { z } from "zod";
import { systemCode } from "../arm-client/network-error.ts";
import { ClusterError } from "./kube-error.ts";
import type { ChosenContext } from "./kubeconfig.ts";
import { resolveAccess } from "./resolve-access.ts";

/** A list; an empty one may arrive as null. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.object({ items: z.array(item).nullish() }).transform(({ items }) => items ?? []);

/** The API server's own explanation of a refusal. */
const Status = z.object({ message: z.string().optional(), reason: z.string().optional() });

export interface KubeRequest {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: object;
  /** Ask for names, labels and dates alone: a list of secrets then brings no secret. */
  readonly metadataOnly?: boolean;
  readonly timeoutMs?: number;
  /** Answers that are no error beside 2xx: they give `undefined`. */
  readonly tolerate?: readonly number[];
}

/** One API server, asked by path: attaching needs about ten requests, and each says what it reads of the answer. */
export interface KubeClient {
  readonly server: string;
  request<S extends z.ZodType>(path: string, schema: S, request?: KubeRequest): Promise<z.output<S> | undefined>;
}

const defaultTimeoutMs = 20_000;
const metadataTypes = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
const metadataListTypes = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

/** Credentials of clouds end after minutes, attaching may take longer: when they are refused they are fetched once more. */
export async function createKubeClient(first: ChosenContext, signal: AbortSignal): Promise<KubeClient> {
  let current = await connect(first, signal);
  let renewing: Promise<Connection> | undefined;

  /** The connection after the one that was refused; requests that are refused at the same time share it. */
  const renewed = async (refused: Connection): Promise<Connection | undefined> => {
    if (current !== refused) return current;
    const { renew } = refused.chosen;
    if (renew === undefined) return undefined;
    renewing ??= connect(renew(), signal);
    try {
      current = await renewing;
    } finally {
      renewing = undefined;
    }
    return current;
  };

  return {
    server: first.server,
    async request(path, schema, request = {}) {
      const connection = current;
      let answer = await send(connection, path, request, signal);
      const next = answer.status === 401 ? await renewed(connection) : undefined;
      if (next !== undefined) answer = await send(next, path, request, signal);
      const { chosen } = connection;
      if (request.tolerate?.includes(answer.status)) return undefined;
      if (answer.status >= 300) throw refused(chosen, path, answer.status, answer.data);
      const parsed = schema.safeParse(answer.data);
      if (parsed.success) return parsed.data;
      throw new ClusterError(
        `The API server ${chosen.server} answered ${path} in an unknown form: ${z.prettifyError(parsed.error)}`,
      );
    },
  };
}

interface Connection {
  readonly chosen: ChosenContext;
  readonly http: AxiosInstance;
}

async function connect(chosen: ChosenContext, signal: AbortSignal): Promise<Connection> {
  const options: RequestOptions = {};
  const kubeConfig = await resolveAccess(chosen, signal);
  try {
    await kubeConfig.applyToHTTPSOptions(options);
  } catch (error) {
    throw new ClusterError(
      `The credentials of the user '${chosen.user}' in the kubeconfig cannot be used: ${text(error)}`,
      error,
    );
  }
  const headers = z.record(z.string(), z.string()).parse(options.headers ?? {});
  const http = axios.create({
    baseURL: chosen.server.replace(/\/$/, ""),
    httpsAgent: options.agent,
    headers: { ...headers, ...(options.auth ? { Authorization: `Basic ${btoa(options.auth)}` } : {}) },
    proxy: false,
    maxRedirects: 0,
    validateStatus: () => true,
    signal,
  });
  return { chosen, http };
}

const send = ({ http, chosen }: Connection, path: string, request: KubeRequest, signal: AbortSignal) =>
  http
    .request<unknown>({
      url: path,
      method: request.method ?? "GET",
      data: request.body,
      timeout: request.timeoutMs ?? defaultTimeoutMs,
      headers: {
        Accept: request.metadataOnly ? `${metadataListTypes},${metadataTypes}` : "application/json",
        ...(request.method === "PATCH" ? { "Content-Type": "application/merge-patch+json" } : {}),
      },
    })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw unreachable(chosen, error);
    });

function unreachable({ server, context }: ChosenContext, error: unknown): ClusterError {
  const code = systemCode(error);
  if (code?.includes("CERT") || code?.startsWith("UNABLE_TO")) {
    return new ClusterError(
      `The API server ${server} (context '${context}') shows a certificate that the kubeconfig does not trust: ${text(error)}. ` +
        "It is another cluster's address, or the cluster's CA was renewed: fetch a new kubeconfig.",
      error,
    );
  }
  return new ClusterError(
    `The API server ${server} (context '${context}') does not answer: ${text(error)}. ` +
      "Check that the kubeconfig points at the right server and that it can be reached from here.",
    error,
  );
}

function refused({ server, user }: ChosenContext, path: string, status: number, body: unknown): ClusterError {
  const parsed = Status.safeParse(body);
  const reason = parsed.success ? (parsed.data.message ?? parsed.data.reason ?? "") : "";
  if (status === 401) {
    return new ClusterError(
      `The API server ${server} refuses the credentials of the user '${user}': they are wrong or have expired. Fetch a new kubeconfig.`,
    );
  }
  if (status === 403)
    return new ClusterError(`The user '${user}' of the kubeconfig lacks a right on ${server}: ${reason}`);
  return new ClusterError(`The API server ${server} answered ${status} to ${path}. ${reason}`.trim());
}

const text = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(text).join("; ");
  return error instanceof Error ? error.message || (systemCode(error) ?? error.name) : String(error);
};
