/**
 * Objects in memory behind the KubeClient interface, for what a real API server cannot be made to do on time (a token that is
 * refused, a half-life that passes). How agents and a real API server get on is what tests/e2e finds out.
 */
import { EventEmitter, once } from "node:events";
import type { KubeClient } from "../../src/runtime/kube/kube-client.ts";
import { KubeError } from "../../src/runtime/kube/kube-error.ts";
import { type HasMetadata, type KubeKind, type ObjectRef, pathOf } from "../../src/runtime/kube/kube-kind.ts";

interface Stored extends HasMetadata {
  readonly [field: string]: unknown;
}

interface Event {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Stored;
  readonly resourceVersion: string;
}

interface Selection {
  readonly namespace?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface MemoryKube extends KubeClient {
  /** Every write, `apply secrets/a`, in order. */
  readonly writes: string[];
}

export function createMemoryKube(): MemoryKube {
  const objects = new Map<string, Stored>();
  const news = new EventEmitter();
  const log: Event[] = [];
  const writes: string[] = [];
  let version = 0;

  const find = (kind: KubeKind<HasMetadata>, ref: ObjectRef): Stored => {
    const object = objects.get(pathOf(kind, ref));
    if (object === undefined) throw new KubeError(404, "NotFound", `${kind.plural} "${ref.name}" not found`);
    return object;
  };
  const put = (verb: string, kind: KubeKind<HasMetadata>, ref: ObjectRef, object: Stored): Stored => {
    const path = pathOf(kind, ref);
    const before = objects.get(path);
    version += 1;
    const isStatus = verb === "status";
    const metadata = {
      ...object.metadata,
      uid: before?.metadata.uid ?? `uid${version}`,
      resourceVersion: String(version),
      generation: (before?.metadata.generation ?? 0) + (isStatus ? 0 : 1),
    };
    const isOver = metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).length === 0;
    const stored = { ...object, apiVersion: kind.apiVersion, kind: kind.kind, metadata };
    writes.push(`${verb} ${kind.plural}/${ref.name}`);
    if (isOver) objects.delete(path);
    else objects.set(path, stored);
    const type = isOver ? "DELETED" : before ? "MODIFIED" : "ADDED";
    log.push({ type, object: stored, resourceVersion: String(version) });
    news.emit("news");
    return stored;
  };
  const isSelected = (
    kind: KubeKind<HasMetadata>,
    { namespace, fieldSelector }: Selection,
    { kind: own, metadata }: Stored,
  ): boolean =>
    own === kind.kind &&
    (namespace === undefined || metadata.namespace === namespace) &&
    (fieldSelector === undefined || fieldSelector === `metadata.name=${metadata.name}`);

  return {
    writes,
    get: async (kind, ref) => {
      const object = objects.get(pathOf(kind, ref));
      return object === undefined ? undefined : kind.schema.parse(object);
    },
    list: async (kind, options = {}) => ({
      items: [...objects.values()]
        .filter((object) => isSelected(kind, options, object))
        .map((object) => kind.schema.parse(object)),
      resourceVersion: String(version),
    }),
    async *watch(kind, options) {
      // Like the real one: everything after the given version, however long ago.
      let next = log.findIndex((event) => Number(event.resourceVersion) > Number(options.resourceVersion ?? version));
      if (next < 0) next = log.length;
      for (;;) {
        for (; next < log.length; next++) {
          const event = log[next];
          if (event !== undefined && isSelected(kind, options, event.object)) {
            yield { ...event, object: kind.schema.parse(event.object) };
          }
        }
        await once(news, "news", { signal: options.signal });
      }
    },
    apply: async (kind, object) =>
      kind.schema.parse(
        put("apply", kind, object.metadata, { ...objects.get(pathOf(kind, object.metadata)), ...object }),
      ),
    create: async (kind, object) => {
      if (objects.has(pathOf(kind, object.metadata))) throw new KubeError(409, "AlreadyExists", object.metadata.name);
      return kind.schema.parse(put("create", kind, object.metadata, object));
    },
    patch: async (kind, ref, patch, options = {}) => {
      const before = find(kind, ref);
      const { metadata, ...rest } = merge(before, patch);
      return kind.schema.parse(
        put(options.subresource ?? "patch", kind, ref, {
          ...rest,
          metadata: { ...before.metadata, ...Object(metadata) },
        }),
      );
    },
    patchStatus: async (kind, ref, status) =>
      kind.schema.parse(
        put("status", kind, ref, {
          ...find(kind, ref),
          ...merge(find(kind, ref), { status }),
          metadata: find(kind, ref).metadata,
        }),
      ),
    delete: async (kind, ref) => {
      const object = objects.get(pathOf(kind, ref));
      if (object === undefined) return false;
      put("delete", kind, ref, {
        ...object,
        metadata: { ...object.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
      });
      return true;
    },
    read: async (path) => {
      throw new Error(`nothing to read at ${path}`);
    },
    close: () => undefined,
  };
}

/** RFC 7386. */
function merge(target: unknown, patch: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const result: Record<string, unknown> = { ...Object(target) };
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else if (typeof value === "object" && !Array.isArray(value)) result[name] = merge(result[name], { ...value });
    else result[name] = value;
  }
  return result;
}
