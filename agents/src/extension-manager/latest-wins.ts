/**
 * A run of helm may take minutes, and most of that is waiting for pods that may never become ready. When the desired state
 * changes meanwhile, the run is of no use any more: it is ended, and the next one begins with what is wanted now.
 */
import { again, type HasMetadata, type Outcome, type RunContext, type WatchSource } from "../runtime/index.ts";

class Superseded extends Error {
  override readonly name = "Superseded";
}

export interface LatestWins<T extends HasMetadata> {
  /** The source, watched on its way to the loop. */
  readonly source: WatchSource<T>;
  /** Runs the work with a signal that also ends when the object is not what it was. */
  run<R>(object: T, context: RunContext, work: (context: RunContext) => Promise<Outcome<R>>): Promise<Outcome<R>>;
}

export function latestWins<T extends HasMetadata>(source: WatchSource<T>): LatestWins<T> {
  const running = new Map<string, { version: string; stop: AbortController }>();
  const versionOf = ({ metadata }: HasMetadata): string =>
    `${metadata.uid} ${metadata.generation} ${metadata.deletionTimestamp !== undefined}`;

  const endOutdated = (key: string): void => {
    const run = running.get(key);
    const newest = source.get(key);
    if (run !== undefined && newest !== undefined && versionOf(newest) !== run.version) {
      run.stop.abort(new Superseded("the desired state changed"));
    }
  };

  return {
    source: {
      ...source,
      run: (changed, signal, synced) =>
        source.run(
          (key) => {
            endOutdated(key);
            changed(key);
          },
          signal,
          synced,
        ),
    },
    async run(object, context, work) {
      const stop = new AbortController();
      running.set(context.key, { version: versionOf(object), stop });
      try {
        return await work({ ...context, signal: AbortSignal.any([context.signal, stop.signal]) });
      } catch (error) {
        if (!stop.signal.aborted || context.signal.aborted) throw error;
        return again(0, "the desired state changed; beginning anew");
      } finally {
        running.delete(context.key);
      }
    },
  };
}
