/** Where desired items come from, and the means to be told that one may have changed. */
export interface Source<D> {
  /**
   * Watches until the signal is aborted and calls `changed` for each key that should be looked at: at the start for all of
   * them, later for those that changed, appeared or went away; `synced` once, when the first full picture is there. Mends its
   * own connection; ends only with the signal.
   */
  run(changed: (key: string) => void, signal: AbortSignal, synced?: () => void): Promise<void>;
  /** The newest desired state; undefined when there is none any more. */
  get(key: string): D | undefined;
  /** A text that changes exactly when the desired state does (not when a status is written): a new one ends a backoff. */
  version(desired: D): string;
  isSynced(): boolean;
}

/**
 * One item, looked at whenever any of the given sources says that something changed, and at the agent's interval: for agents
 * whose work is one thing that depends on many objects.
 */
export function oneItem(key: string, sources: readonly Source<unknown>[]): Source<string> {
  return {
    get: () => key,
    version: () => key,
    isSynced: () => sources.every((source) => source.isSynced()),
    async run(changed, signal, synced) {
      if (sources.length === 0) {
        synced?.();
        changed(key);
        await untilAborted(signal);
        return;
      }
      // The first look waits until all sources know their world, so that it is not a look at half of it.
      let isComplete = false;
      const tell = () => {
        if (isComplete) changed(key);
      };
      const onSynced = () => {
        if (isComplete || !sources.every((source) => source.isSynced())) return;
        isComplete = true;
        synced?.();
        changed(key);
      };
      await Promise.all(sources.map((source) => source.run(tell, signal, onSynced)));
    },
  };
}

/** Hints from inside the process as a source: it has no items of its own. For {@link oneItem}. */
export function hints(subscribe: (tell: () => void) => () => void): Source<unknown> {
  return {
    get: () => undefined,
    version: () => "",
    isSynced: () => true,
    async run(changed, signal, synced) {
      const unsubscribe = subscribe(() => changed(""));
      synced?.();
      await untilAborted(signal);
      unsubscribe();
    },
  };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
