/**
 * What the control plane wants of one kind, kept up to date: after the first full picture only what changed is fetched. A
 * hint (a notification, a changed configmap, a poll) says when to ask; hints that come while a question is under way become
 * one more question.
 */
import type { DesiredItem, DesiredKind } from "@arcfleet/contract";
import type { Logger } from "pino";
import { backoffMs, type Clock, type ControlPlaneClient, type Source, systemClock } from "../runtime/index.ts";

export type DesiredOf<K extends DesiredKind> = Extract<DesiredItem, { kind: K }>;

export interface DesiredItems<I> extends Source<I> {
  /**
   * Asks the control plane soon.
   * @param generation what is said to exist; nothing happens when we have it already. Absent: ask anyway.
   */
  refresh(generation?: number): void;
  /** The item is of no interest any more: its removal was reported, or the control plane no longer knows it. */
  forget(name: string): void;
  /** The newest generation that was fetched. */
  generation(): number;
}

const backoff = { firstMs: 1000, mostMs: 60_000 };

export function desiredItems<K extends DesiredKind>(options: {
  client: Pick<ControlPlaneClient, "desiredState">;
  kind: K;
  log: Logger;
  clock?: Clock;
  /** Told each time that a generation was fetched. */
  onGeneration?: (generation: number) => void;
}): DesiredItems<DesiredOf<K>> {
  const { client, kind, log, clock = systemClock, onGeneration } = options;
  const items = new Map<string, DesiredOf<K>>();
  let since = 0;
  let etag: string | undefined;
  let isSynced = false;
  let isAsked = true;
  let wake: () => void = () => undefined;

  const isOfKind = (item: DesiredItem): item is DesiredOf<K> => item.kind === kind;

  const fetchChanges = async (changed: (name: string) => void, signal: AbortSignal): Promise<void> => {
    const fetched = await client.desiredState({ kind, since, etag }, { signal });
    if (fetched === undefined) return;
    const { state } = fetched;
    if (state.generation < since) {
      // The control plane went back in time (restored from a copy): what we know may never have been. Start over.
      log.warn(
        { had: since, got: state.generation },
        "the desired state is older than the known one; reading all of it",
      );
      since = 0;
      etag = undefined;
      return fetchChanges(changed, signal);
    }
    since = state.generation;
    etag = fetched.etag;
    for (const item of state.items) if (isOfKind(item)) items.set(item.name, item);
    isSynced = true;
    for (const item of state.items) changed(item.name);
    onGeneration?.(since);
  };

  return {
    get: (name) => items.get(name),
    version: ({ generation, deleting }) => `${generation}${deleting ? " deleting" : ""}`,
    isSynced: () => isSynced,
    generation: () => since,
    refresh(generation) {
      if (generation !== undefined && isSynced && generation === since) return;
      isAsked = true;
      wake();
    },
    forget(name) {
      items.delete(name);
    },
    async run(changed, signal, synced) {
      let failures = 0;
      signal.addEventListener("abort", () => wake(), { once: true });
      while (!signal.aborted) {
        if (!isAsked) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
          continue;
        }
        isAsked = false;
        try {
          const wasSynced = isSynced;
          await fetchChanges(changed, signal);
          failures = 0;
          if (!wasSynced) synced?.();
        } catch (error) {
          if (signal.aborted) return;
          isAsked = true;
          failures += 1;
          const afterMs = backoffMs(clock, failures, backoff);
          log.warn({ err: error, afterMs, kind }, "the desired state cannot be read; going on with the last known one");
          await clock.sleep(afterMs, signal).catch(() => undefined);
        }
      }
    },
  };
}
