/** The API server as the agents use it: generic objects, checked by the schema of their kind. */
import { z } from "zod";
import { createHttpClient, type HttpClient } from "../http/http-client.ts";
import type { KubeAccess } from "./kube-access.ts";
import { isKubeError, parseJson, toKubeError } from "./kube-error.ts";
import { type HasMetadata, type KubeKind, KubeObject, type ObjectRef, pathOf } from "./kube-kind.ts";

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface KubeList<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T; readonly resourceVersion: string }
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string };

type Signal = { readonly signal?: AbortSignal | undefined };

export interface KubeClient {
  /** Undefined when there is no such object. */
  get<T extends HasMetadata>(kind: KubeKind<T>, ref: ObjectRef, options?: Signal): Promise<T | undefined>;
  list<T extends HasMetadata>(kind: KubeKind<T>, options?: ListOptions): Promise<KubeList<T>>;
  /**
   * The events after a resource version; ends when the server ends the watch.
   * @throws KubeError with reason `Expired` when the version is too old: list again.
   */
  watch<T extends HasMetadata>(
    kind: KubeKind<T>,
    options: ListOptions & { resourceVersion?: string | undefined },
  ): AsyncIterable<WatchEvent<T>>;
  /**
   * Server-side apply with the client's field manager: creates or changes, and owns exactly the given fields. Takes over
   * fields that others set.
   */
  apply<T extends HasMetadata>(kind: KubeKind<T>, object: ApplyObject, options?: Signal): Promise<T>;
  /** @throws KubeError `AlreadyExists` */
  create<T extends HasMetadata>(kind: KubeKind<T>, object: ApplyObject, options?: Signal): Promise<T>;
  /** A JSON merge patch: null removes a field, lists are replaced. */
  patch<T extends HasMetadata>(
    kind: KubeKind<T>,
    ref: ObjectRef,
    patch: Readonly<Record<string, unknown>>,
    options?: Signal & { subresource?: "status" | undefined },
  ): Promise<T>;
  /** Merges into the status; give null for fields that are to go. */
  patchStatus<T extends HasMetadata>(
    kind: KubeKind<T>,
    ref: ObjectRef,
    status: Readonly<Record<string, unknown>>,
    options?: Signal,
  ): Promise<T>;
  /** Answers whether there was anything to delete. Deletion goes on in the background; dependents follow. */
  delete<T extends HasMetadata>(
    kind: KubeKind<T>,
    ref: ObjectRef,
    options?: Signal & { uid?: string | undefined },
  ): Promise<boolean>;
  /** GET of any path, such as `/version`. */
  read<T>(path: string, schema: z.ZodType<T>, options?: Signal): Promise<T>;
  close(): void;
}

/** An object to write; `apiVersion` and `kind` are filled in from the kind. */
export type ApplyObject = {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
};

const ListAnswer = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().optional() }),
  items: z.array(z.unknown()).nullable(),
});
const WatchLine = z.object({ type: z.string(), object: z.unknown() });
const pageSize = 500;
/** The server ends a watch after this; a little silence more and we hold the connection to be dead. */
const watchSeconds = 270;
const watchSilenceMs = (watchSeconds + 30) * 1000;

export function createKubeClient(access: KubeAccess, fieldManager: string): KubeClient {
  const http = createHttpClient({ ...access, baseUrl: access.server, userAgent: fieldManager });
  const manager = new URLSearchParams({ fieldManager }).toString();

  const headers = async (contentType?: string): Promise<Record<string, string>> => ({
    ...(access.token === undefined ? {} : { authorization: `Bearer ${await access.token()}` }),
    ...(contentType === undefined ? {} : { "content-type": contentType }),
  });

  const send = async (
    method: string,
    path: string,
    { signal, body, contentType }: Signal & { body?: unknown; contentType?: string },
  ): Promise<unknown> => {
    const answer = await http.request({
      method,
      path,
      headers: await headers(contentType),
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status < 200 || answer.status > 299) {
      throw toKubeError(`${method} ${path.split("?", 1)[0]}`, answer.status, answer.body);
    }
    return parseJson(answer.body);
  };

  const client: KubeClient = {
    async get(kind, ref, options = {}) {
      try {
        return check(kind, await send("GET", pathOf(kind, ref), options));
      } catch (error) {
        if (isKubeError(error, "NotFound")) return undefined;
        throw error;
      }
    },

    async list(kind, options = {}) {
      const items: unknown[] = [];
      let next: string | undefined;
      for (;;) {
        const query = queryOf(options, { limit: String(pageSize), continue: next });
        const page = ListAnswer.parse(
          await send("GET", `${pathOf(kind, { namespace: options.namespace })}?${query}`, options),
        );
        items.push(...(page.items ?? []));
        next = page.metadata.continue;
        if (!next) {
          return { items: items.map((item) => check(kind, item)), resourceVersion: page.metadata.resourceVersion };
        }
      }
    },

    watch: (kind, options) => watch(http, headers, kind, options),

    async apply(kind, object, options = {}) {
      const path = `${pathOf(kind, object.metadata)}?${manager}&force=true`;
      const body = { ...object, apiVersion: kind.apiVersion, kind: kind.kind };
      return check(kind, await send("PATCH", path, { ...options, body, contentType: "application/apply-patch+yaml" }));
    },

    async create(kind, object, options = {}) {
      const path = `${pathOf(kind, { namespace: object.metadata.namespace })}?${manager}`;
      const body = { ...object, apiVersion: kind.apiVersion, kind: kind.kind };
      return check(kind, await send("POST", path, { ...options, body, contentType: "application/json" }));
    },

    async patch(kind, ref, patch, options = {}) {
      const path = `${pathOf(kind, ref, options.subresource)}?${manager}`;
      return check(
        kind,
        await send("PATCH", path, { ...options, body: patch, contentType: "application/merge-patch+json" }),
      );
    },

    patchStatus: (kind, ref, status, options = {}) =>
      client.patch(kind, ref, { status }, { ...options, subresource: "status" }),

    async delete(kind, ref, options = {}) {
      try {
        const body = {
          propagationPolicy: "Background",
          ...(options.uid === undefined ? {} : { preconditions: { uid: options.uid } }),
        };
        await send("DELETE", pathOf(kind, ref), { ...options, body, contentType: "application/json" });
        return true;
      } catch (error) {
        if (isKubeError(error, "NotFound")) return false;
        throw error;
      }
    },

    read: async (path, schema, options = {}) => schema.parse(await send("GET", path, options)),

    close: () => http.close(),
  };
  return client;
}

async function* watch<T extends HasMetadata>(
  http: HttpClient,
  headers: () => Promise<Record<string, string>>,
  kind: KubeKind<T>,
  options: ListOptions & { resourceVersion?: string | undefined },
): AsyncGenerator<WatchEvent<T>> {
  const query = queryOf(options, {
    watch: "1",
    allowWatchBookmarks: "true",
    timeoutSeconds: String(watchSeconds),
    resourceVersion: options.resourceVersion,
  });
  const path = `${pathOf(kind, { namespace: options.namespace })}?${query}`;
  const what = `watch of ${kind.plural}`;
  const stream = await http.stream({
    method: "GET",
    path,
    headers: await headers(),
    signal: options.signal,
    timeoutMs: watchSilenceMs,
  });
  let rest = "";
  for await (const chunk of stream.chunks) {
    rest += chunk;
    if (stream.status !== 200) continue;
    const lines = rest.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.trim() !== "") yield readEvent(kind, what, line);
    }
  }
  if (stream.status !== 200) throw toKubeError(what, stream.status, rest);
}

function readEvent<T extends HasMetadata>(kind: KubeKind<T>, what: string, line: string): WatchEvent<T> {
  const { type, object } = WatchLine.parse(parseJson(line));
  if (type === "ERROR") {
    const code = z.looseObject({ code: z.int().optional() }).parse(object).code ?? 500;
    throw toKubeError(what, code, JSON.stringify(object));
  }
  if (type === "BOOKMARK") {
    const { metadata } = z.object({ metadata: z.object({ resourceVersion: z.string() }) }).parse(object);
    return { type, resourceVersion: metadata.resourceVersion };
  }
  if (type !== "ADDED" && type !== "MODIFIED" && type !== "DELETED") throw new Error(`${what}: unknown event ${type}`);
  const checked = check(kind, object);
  return { type, object: checked, resourceVersion: checked.metadata.resourceVersion ?? "" };
}

/** An object that does not have the fields we rely on is named, with the field. */
function check<T extends HasMetadata>(kind: KubeKind<T>, object: unknown): T {
  const parsed = kind.schema.safeParse(object);
  if (parsed.success) return parsed.data;
  const { data } = KubeObject.safeParse(object);
  const name =
    data === undefined ? "an object without a name" : `${data.metadata.namespace ?? ""}/${data.metadata.name}`;
  throw new Error(`${kind.kind} ${name} is not what was expected: ${z.prettifyError(parsed.error)}`);
}

function queryOf(options: ListOptions, more: Readonly<Record<string, string | undefined>>): string {
  const { labelSelector, fieldSelector } = options;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ labelSelector, fieldSelector, ...more })) {
    if (value !== undefined) query.set(name, value);
  }
  return query.toString();
}
