import type { HasMetadata, Source, WatchSource } from "../runtime/index.ts";
import type { DesiredItems } from "./desired-items.ts";

/** A desired item and the objects of its name in this cluster, of whichever namespace. */
export interface Pair<I, T> {
  readonly item: I;
  readonly objects: readonly T[];
}

/** Desired items together with the custom resources that mirror them; keyed by the item's name. */
export function pairedSource<I, T extends HasMetadata>(
  desired: DesiredItems<I>,
  objects: WatchSource<T>,
): Source<Pair<I, T>> {
  const named = (name: string): readonly T[] => objects.all().filter(({ metadata }) => metadata.name === name);

  return {
    get(name) {
      const item = desired.get(name);
      return item === undefined ? undefined : { item, objects: named(name) };
    },
    version: ({ item, objects: found }) => JSON.stringify([desired.version(item), ...found.map(objects.version)]),
    isSynced: () => desired.isSynced() && objects.isSynced(),
    async run(changed, signal, synced) {
      // Nothing is decided on half a picture: an object not yet listed would look like one that has to be made.
      let isComplete = false;
      const early = new Set<string>();
      const tell = (name: string) => {
        if (isComplete) changed(name);
        else early.add(name);
      };
      const onSynced = () => {
        if (isComplete || !desired.isSynced() || !objects.isSynced()) return;
        isComplete = true;
        synced?.();
        for (const name of early) changed(name);
        early.clear();
      };
      await Promise.all([
        desired.run(tell, signal, onSynced),
        objects.run((key) => tell(key.slice(key.indexOf("/") + 1)), signal, onSynced),
      ]);
    },
  };
}
