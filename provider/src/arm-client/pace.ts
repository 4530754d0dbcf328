import { setTimeout as sleep } from "node:timers/promises";

/** The speed that the control plane allows this process: when it says "not now" to one request, the others wait as well. */
export interface Pace {
  /** Returns when requests may be sent. */
  ready(signal: AbortSignal | undefined): Promise<void>;
  /** Nothing is sent for so long. */
  pause(durationMs: number): void;
}

export function createPace(): Pace {
  let notBefore = 0;
  return {
    async ready(signal) {
      // The pause may have been made longer meanwhile.
      for (let waitMs = notBefore - Date.now(); waitMs > 0; waitMs = notBefore - Date.now()) {
        // Those that waited together do not come back together: a tenth of the time, at random, on top.
        await sleep(waitMs * (1 + Math.random() / 10), undefined, signal === undefined ? {} : { signal });
      }
    },
    pause(durationMs) {
      notBefore = Math.max(notBefore, Date.now() + durationMs);
    },
  };
}
