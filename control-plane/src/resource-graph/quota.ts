/**
 * How often a caller may ask, and how many queries run at once. Counted in this process: with several replicas each has a count of
 * its own, so a caller has at most so many times that.
 */
import type { Clock } from "../clock.ts";
import { DomainError } from "../errors.ts";

export interface QuotaLimits {
  readonly queries: number;
  readonly windowMs: number;
  readonly atOnce: number;
}

/** The window is the original's; it allows fifteen, where many tenants share one service. */
const defaultQuota: QuotaLimits = { queries: 150, windowMs: 5000, atOnce: 8 };

const maxCallers = 10_000;

export interface QuotaState {
  readonly remaining: number;
  readonly resetsAfterMs: number;
}

export function createQuota(clock: Clock, limits: QuotaLimits = defaultQuota) {
  const windows = new Map<string, { beganAt: number; used: number }>();
  let running = 0;
  return {
    /** Counts one query. */
    take(principalId: string): QuotaState {
      const now = clock.now().getTime();
      let window = windows.get(principalId);
      // A clock that was set back begins a new window too.
      if (window === undefined || Math.abs(now - window.beganAt) >= limits.windowMs) {
        if (windows.size >= maxCallers) windows.clear();
        window = { beganAt: now, used: 0 };
        windows.set(principalId, window);
      }
      const resetsAfterMs = Math.max(0, window.beganAt + limits.windowMs - now);
      if (window.used >= limits.queries) {
        throw new DomainError(
          "TooManyRequests",
          `More than ${limits.queries} queries in ${limits.windowMs} ms. Wait, then ask again.`,
          {
            headers: {
              ...quotaHeaders({ remaining: 0, resetsAfterMs }),
              "retry-after": String(Math.ceil(resetsAfterMs / 1000)),
            },
          },
        );
      }
      window.used++;
      return { remaining: limits.queries - window.used, resetsAfterMs };
    },
    /** Runs a query unless too many run already: what each holds in memory adds up. */
    async run<T>(work: () => Promise<T>): Promise<T> {
      if (running >= limits.atOnce) {
        throw new DomainError(
          "TooManyRequests",
          `${limits.atOnce} queries are running already. Ask again in a second.`,
        );
      }
      running++;
      try {
        return await work();
      } finally {
        running--;
      }
    },
  };
}

export const quotaHeaders = ({ remaining, resetsAfterMs }: QuotaState): Readonly<Record<string, string>> => ({
  "x-ms-user-quota-remaining": String(remaining),
  "x-ms-user-quota-resets-after": new Date(Math.ceil(resetsAfterMs / 1000) * 1000).toISOString().slice(11, 19),
});
