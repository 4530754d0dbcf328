import type { Clock } from "../clock.ts";

const ALLOWED_FAILURES = 10;
const WINDOW_MS = 5 * 60 * 1000;
const SIZE = 10_000;

/** Slows down guessing: after some failures from one address against one name, further tries have to wait. */
export interface FailedLogins {
  /** Seconds to wait before the next try; 0 when it may come now. */
  waitSeconds(address: string, name: string): number;
  record(address: string, name: string): void;
}

export function createFailedLogins(clock: Clock): FailedLogins {
  const failures = new Map<string, { count: number; readonly until: number }>();
  const find = (key: string): { count: number; readonly until: number } | undefined => {
    const entry = failures.get(key);
    if (entry === undefined || entry.until > clock.now().getTime()) return entry;
    failures.delete(key);
    return undefined;
  };
  // By address and name together: by name alone, anyone could lock out the owner.
  const keyOf = (address: string, name: string): string => `${address}|${name.toLowerCase()}`;
  return {
    waitSeconds(address, name) {
      const entry = find(keyOf(address, name));
      if (entry === undefined || entry.count < ALLOWED_FAILURES) return 0;
      return Math.max(1, Math.ceil((entry.until - clock.now().getTime()) / 1000));
    },
    record(address, name) {
      const key = keyOf(address, name);
      const entry = find(key);
      if (entry !== undefined) {
        entry.count += 1;
        return;
      }
      const [oldest] = failures.keys();
      if (failures.size >= SIZE && oldest !== undefined) failures.delete(oldest);
      failures.set(key, { count: 1, until: clock.now().getTime() + WINDOW_MS });
    },
  };
}
