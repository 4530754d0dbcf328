import { AsyncLocalStorage } from "node:async_hooks";
import type { Store } from "./store.ts";

/**
 * Holds the work of a write to its promise (store.ts): it reads and writes through its `tx` only. What it read elsewhere would be from
 * before its transaction and from no transaction at all when the work is repeated, and the embedded database runs nothing else
 * while it waits. A mistake of ours, so it is told as one, at the first request that runs into it.
 */
export function guardWork(store: Store): Store {
  const running = new AsyncLocalStorage<{ isOver: boolean }>();
  const refuseInWork = (): void => {
    // What work only set off, such as a message that is sent later, may do as it likes once the work is over.
    if (running.getStore()?.isOver === false)
      throw new TypeError("The work of a write uses nothing of the store but its tx");
  };
  return {
    ...store,
    get read() {
      refuseInWork();
      return store.read;
    },
    write(work) {
      refuseInWork();
      return store.write((tx) => {
        const run = { isOver: false };
        return running.run(run, () =>
          work(tx).finally(() => {
            run.isOver = true;
          }),
        );
      });
    },
    writeStatement(statement) {
      refuseInWork();
      return store.writeStatement(statement);
    },
  };
}
