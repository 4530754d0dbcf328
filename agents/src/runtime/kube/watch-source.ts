/** A kind of object as the source of an agent: lists once, then watches; always holds the newest state it was told. */
import type { Logger } from "pino";
import { backoffMs, type Clock, systemClock } from "../clock.ts";
import type { Source } from "../source.ts";
import type { KubeClient, ListOptions } from "./kube-client.ts";
import { isKubeError } from "./kube-error.ts";
import { type HasMetadata, type KubeKind, keyOf } from "./kube-kind.ts";

export interface WatchSourceOptions<T> extends Omit<ListOptions, "signal"> {
  readonly log: Logger;
  readonly clock?: Clock;
  /**
   * What counts as a change of the desired state. Default: the generation (which status writes do not touch), the deletion
   * mark, labels and annotations. For objects whose status is the interesting part, give what you read of it.
   */
  readonly version?: (object: T) => string;
}

export interface WatchSource<T> extends Source<T> {
  /** All objects, as far as they are known. */
  all(): readonly T[];
}

const backoff = { firstMs: 200, mostMs: 30_000 };
const leastWatchMs = 500;

export function watchSource<T extends HasMetadata>(
  kube: KubeClient,
  kind: KubeKind<T>,
  { log, clock = systemClock, version = specVersion, ...selection }: WatchSourceOptions<T>,
): WatchSource<T> {
  const objects = new Map<string, T>();
  let isSynced = false;

  const set = (object: T, changed: (key: string) => void): void => {
    const key = keyOf(object);
    const before = objects.get(key);
    objects.set(key, object);
    if (before === undefined || version(before) !== version(object)) changed(key);
  };

  const remove = (key: string, changed: (key: string) => void): void => {
    if (objects.delete(key)) changed(key);
  };

  const relist = async (changed: (key: string) => void, signal: AbortSignal): Promise<string> => {
    const { items, resourceVersion } = await kube.list(kind, { ...selection, signal });
    const seen = new Set(items.map(keyOf));
    for (const key of [...objects.keys()]) if (!seen.has(key)) remove(key, changed);
    if (!isSynced) {
      // The picture is complete before anybody is told about a part of it.
      for (const item of items) objects.set(keyOf(item), item);
      isSynced = true;
      for (const item of items) changed(keyOf(item));
    } else {
      for (const item of items) set(item, changed);
    }
    return resourceVersion;
  };

  return {
    get: (key) => objects.get(key),
    all: () => [...objects.values()],
    isSynced: () => isSynced,
    version,
    async run(changed, signal, synced) {
      let resourceVersion: string | undefined;
      let failures = 0;
      while (!signal.aborted) {
        try {
          if (resourceVersion === undefined) {
            const wasSynced = isSynced;
            resourceVersion = await relist(changed, signal);
            if (!wasSynced) synced?.();
          }
          const begunMs = clock.now();
          for await (const event of kube.watch(kind, { ...selection, resourceVersion, signal })) {
            failures = 0;
            resourceVersion = event.resourceVersion;
            if (event.type === "BOOKMARK") continue;
            if (event.type === "DELETED") remove(keyOf(event.object), changed);
            else set(event.object, changed);
          }
          // A server that ends every watch at once must not be asked without pause.
          if (clock.now() - begunMs < leastWatchMs) await clock.sleep(leastWatchMs, signal);
        } catch (error) {
          if (signal.aborted) return;
          // 410: the server no longer knows what happened since our version.
          if (isKubeError(error, "Expired") || isKubeError(error, "Gone")) resourceVersion = undefined;
          failures += 1;
          const afterMs = backoffMs(clock, failures, backoff);
          log.warn({ err: error, afterMs, kind: kind.kind }, "the watch broke; watching again");
          await clock.sleep(afterMs, signal).catch(() => undefined);
        }
      }
    },
  };
}

const specVersion = ({ metadata }: HasMetadata): string =>
  JSON.stringify([
    metadata.uid,
    // Kinds without a generation (ConfigMap, Secret) have nothing but the version of the whole.
    metadata.generation ?? metadata.resourceVersion,
    metadata.deletionTimestamp,
    metadata.labels,
    metadata.annotations,
  ]);

/**
 * Waits until one object (or its absence, `undefined`) satisfies a condition; looks at each change, not at intervals.
 * @throws when the time is over, with the last state seen as `describe` puts it
 */
export async function waitForObject<T extends HasMetadata, R>(
  kube: KubeClient,
  kind: KubeKind<T>,
  ref: { name: string; namespace?: string | undefined },
  options: {
    /** The answer, or undefined to go on waiting. */
    satisfied: (object: T | undefined) => R | undefined;
    describe?: (object: T | undefined) => string;
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  },
): Promise<R> {
  const limit = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([limit, options.signal]);
  const selection = { namespace: ref.namespace, fieldSelector: `metadata.name=${ref.name}` };
  let last: T | undefined;
  try {
    for (;;) {
      const list = await kube.list(kind, { ...selection, signal });
      last = list.items[0];
      const now = options.satisfied(last);
      if (now !== undefined) return now;
      // From the list's version on, nothing falls between the two calls.
      const { resourceVersion } = list;
      for await (const event of untilExpired(kube.watch(kind, { ...selection, resourceVersion, signal }))) {
        if (event.type === "BOOKMARK") continue;
        last = event.type === "DELETED" ? undefined : event.object;
        const answer = options.satisfied(last);
        if (answer !== undefined) return answer;
      }
    }
  } catch (error) {
    if (!limit.aborted) throw error;
    const state =
      options.describe?.(last) ?? (last === undefined ? "it does not exist" : JSON.stringify(last).slice(0, 500));
    throw new Error(
      `${kind.kind} ${ref.name}: not as awaited within ${options.timeoutMs / 1000} s; last seen: ${state}`,
    );
  }
}

/** A version that the server has forgotten ends the watch; the caller lists again. */
async function* untilExpired<T>(events: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* events;
  } catch (error) {
    if (!isKubeError(error, "Expired") && !isKubeError(error, "Gone")) throw error;
  }
}
