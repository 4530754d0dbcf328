import { type Clock, sleepOn } from "../../src/runtime/clock.ts";

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

export interface FakeClock extends Clock {
  /** Turns the time forward, timer by timer, and lets what they started settle in between. */
  advance(durationMs: number): Promise<void>;
  /** Turns the time forward without a stop, as for a machine that slept; what is overdue happens at the next `advance`. */
  jump(durationMs: number): void;
  /** How many timers wait. */
  pending(): number;
}

/** A clock turned by hand. Jitter is the middle of its range unless `random` says otherwise. */
export function createFakeClock(random = () => 0.5): FakeClock {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const timers = new Set<Timer>();
  const clock: FakeClock = {
    now: () => now,
    random,
    after(durationMs, call) {
      const timer = { at: now + durationMs, call };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    sleep: (durationMs, signal) => sleepOn(clock, durationMs, signal),
    async advance(durationMs) {
      const end = now + durationMs;
      await settle();
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.call();
        await settle();
      }
      now = end;
    },
    jump(durationMs) {
      now += durationMs;
    },
    pending: () => timers.size,
  };
  return clock;
}

/** Lets promises that can go on do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
