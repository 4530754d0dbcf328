import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { ArmResource } from "@arcfleet/contract";
import axios from "axios";
import { z } from "zod";
import { type Settings, SettingsError } from "../settings/index.ts";
import { createBulkReads } from "./bulk-reads.ts";
import { ArmRequestError } from "./error.ts";
import { createPace } from "./pace.ts";
import type { ListedPage } from "./pages.ts";
import { type PollOptions, pollOperation } from "./poll-operation.ts";
import { type ArmRequest, type ArmResponse, send } from "./send.ts";
import { tokenSource } from "./token.ts";

/** How a PUT is to treat what may be there already. */
export interface PutOptions {
  readonly ifNoneMatch?: "*";
  readonly signal?: AbortSignal;
}

/** A write that was accepted; `operation` is the link to follow while it is not yet done. */
export interface Accepted {
  readonly resource: ArmResource;
  readonly operation?: string;
}

/** The ARM verbs against one control plane. */
export interface ArmClient {
  readonly endpoint: string;
  get(id: string, apiVersion: string, signal?: AbortSignal): Promise<ArmResource | undefined>;
  /** As `get`, for a refresh: when many of one kind are read together, the answer may be some seconds old. */
  read(id: string, apiVersion: string, signal?: AbortSignal): Promise<ArmResource | undefined>;
  put(id: string, apiVersion: string, body: object, options?: PutOptions): Promise<Accepted>;
  /** Deletes and answers the link to follow; absent when it is gone already. */
  delete(id: string, apiVersion: string, signal?: AbortSignal): Promise<{ operation?: string } | undefined>;
  /** One page of a list, by its path or by the link of the page before it. */
  page<Item>(url: string, item: z.ZodType<Item>, signal?: AbortSignal): Promise<ListedPage<Item>>;
  poll(operation: string, options: PollOptions): Promise<void>;
  send(request: ArmRequest): Promise<ArmResponse>;
}

/** The engine starts many resources at once; this many requests travel at a time, the rest wait for a free connection. */
const maxConnections = 32;
const requestTimeoutMs = 60_000;

export function createArmClient(settings: Settings): ArmClient {
  const endpoint = settings.endpoint.replace(/\/$/, "");
  const ca = settings.caFile === undefined ? settings.caCertificate : readCa(settings.caFile);
  const http = axios.create({
    baseURL: endpoint,
    httpsAgent: new Agent({ keepAlive: true, maxSockets: maxConnections, ...(ca === undefined ? {} : { ca }) }),
    timeout: requestTimeoutMs,
    maxRedirects: 0,
    // Proxies of the environment are for the internet; axios would also send the token of a plain-text one.
    proxy: false,
    validateStatus: () => true,
  });
  const transport = { http, getToken: tokenSource(settings, ca, (url) => http.get(url)), endpoint, pace: createPace() };
  const request = (wanted: ArmRequest): Promise<ArmResponse> => send(transport, wanted);
  const url = (id: string, apiVersion: string) => `${id}?api-version=${apiVersion}`;
  const withSignal = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });

  const ownLink = (answer: ArmResponse): { operation?: string } => {
    const link = answer.headers["azure-asyncoperation"] ?? answer.headers.location;
    if (link === undefined) return {};
    refuseForeignLink(endpoint, link);
    return { operation: link };
  };

  const get: ArmClient["get"] = async (id, apiVersion, signal) => {
    try {
      const answer = await request({ method: "GET", url: url(id, apiVersion), ...withSignal(signal) });
      return ArmResource.parse(answer.body);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  };
  const page: ArmClient["page"] = async (link, item, signal) => {
    refuseForeignLink(endpoint, link);
    const { body } = await request({ method: "GET", url: link, ...withSignal(signal) });
    const { value, nextLink } = z.object({ value: z.array(item), nextLink: z.string().nullish() }).parse(body);
    return { value, next: nextLink ?? undefined };
  };
  const bulk = createBulkReads({ get, list: (link, signal) => page(link, ArmResource, signal) });

  return {
    endpoint,
    send: request,
    poll: (operation, options) => pollOperation(request, operation, options),
    get,
    page,
    read: bulk.read,
    async put(id, apiVersion, body, options = {}) {
      bulk.forget(id);
      const answer = await request({
        method: "PUT",
        url: url(id, apiVersion),
        body,
        ...(options.ifNoneMatch === undefined ? {} : { headers: { "If-None-Match": options.ifNoneMatch } }),
        ...withSignal(options.signal),
      });
      return { resource: ArmResource.parse(answer.body), ...ownLink(answer) };
    },
    async delete(id, apiVersion, signal) {
      bulk.forget(id);
      try {
        const answer = await request({ method: "DELETE", url: url(id, apiVersion), ...withSignal(signal) });
        return answer.status === 202 ? ownLink(answer) : undefined;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Tokens go to no other host than the one they are for. */
function refuseForeignLink(endpoint: string, link: string): void {
  if (new URL(link, endpoint).origin === new URL(endpoint).origin) return;
  throw new ArmRequestError(`The control plane ${endpoint} answered with the link ${link}, which is another host.`, {
    code: "ForeignLink",
    hint: "Start it with --public-url as clients reach it, or set ARCFLEET_ENDPOINT to that.",
  });
}

const absent = new Set(["ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound"]);

/** Absent, or within something that is absent. Any other 404 (a wrong endpoint or subscription) says nothing about it. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof ArmRequestError && error.status === 404 && absent.has(error.code);

export const isConflictWithExisting = (error: unknown): boolean =>
  error instanceof ArmRequestError && error.status === 412;

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new SettingsError(
      `The CA file ${path} (ARCFLEET_CA_FILE, arcfleet:caFile or \`caFile\` of the connection file) cannot be read: ${String(error)}`,
    );
  }
}
