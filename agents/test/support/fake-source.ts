import type { Source } from "../../src/runtime/source.ts";

export interface FakeItem {
  readonly version: string;
  readonly text?: string;
}

/** A source that a test changes by hand. */
export interface FakeSource extends Source<FakeItem> {
  set(key: string, item: FakeItem | undefined): void;
  /** An event without a change. */
  poke(key: string): void;
}

export function createFakeSource(items: Readonly<Record<string, FakeItem>> = {}): FakeSource {
  const known = new Map(Object.entries(items));
  let tell: (key: string) => void = () => undefined;
  return {
    get: (key) => known.get(key),
    version: ({ version }) => version,
    isSynced: () => true,
    run(changed, signal) {
      tell = changed;
      for (const key of known.keys()) changed(key);
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    },
    set(key, item) {
      if (item === undefined) known.delete(key);
      else known.set(key, item);
      tell(key);
    },
    poke: (key) => tell(key),
  };
}
