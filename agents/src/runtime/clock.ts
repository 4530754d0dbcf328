/** Time as the loops see it, so that tests can turn it by hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after the time has passed; rejects with the signal's reason when it is aborted first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Calls once after the time has passed; the answer takes it back. */
  after(durationMs: number, call: () => void): () => void;
  /** A number in [0, 1), for jitter. */
  random(): number;
}

/** Timers hold 32 bits; whoever waits longer is woken early and looks again. */
const longestTimerMs = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  after(durationMs, call) {
    const timer = setTimeout(call, Math.min(Math.max(durationMs, 0), longestTimerMs));
    return () => clearTimeout(timer);
  },
  sleep: (durationMs, signal) => sleepOn(systemClock, durationMs, signal),
};

/** `sleep` for a clock that has `after`. */
export function sleepOn(clock: Pick<Clock, "after">, durationMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(durationMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/** Spreads a duration by ±`share`, so that a fleet does not act in step. */
export const jitter = (clock: Clock, durationMs: number, share = 0.1): number =>
  Math.round(durationMs * (1 - share + 2 * share * clock.random()));

export interface BackoffOptions {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** The wait after the n-th failure in a row (from 1): doubling, with full jitter over its upper half. */
export function backoffMs(clock: Clock, failures: number, { firstMs, mostMs }: BackoffOptions): number {
  const ceiling = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round(ceiling * (0.5 + 0.5 * clock.random()));
}
