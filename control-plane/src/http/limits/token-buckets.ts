import type { Clock } from "../../clock.ts";
import type { Rate } from "./limit-settings.ts";

/** So many are remembered; of more, those that were not asked for the longest time begin anew. */
const MAX_BUCKETS = 50_000;

/** What became of the wish for a token. */
export interface Taken {
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** 0 when there was one; else the whole seconds until there is. */
  readonly waitSeconds: number;
}

/** One bucket for each key, full at first, in the memory of this process. */
export interface TokenBuckets {
  take(key: string): Taken;
}

/** What clients are told to be left where there is no limit. */
const UNLIMITED = 1_000_000;

export function createTokenBuckets({ burst, perSecond }: Rate, clock: Clock, maxBuckets = MAX_BUCKETS): TokenBuckets {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key) {
      if (burst === 0) return { remaining: UNLIMITED, waitSeconds: 0 };
      const now = clock.now().getTime();
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      // A clock that is set back gives nothing, and takes nothing.
      const gained = (Math.max(0, now - bucket.at) / 1000) * perSecond;
      bucket.tokens = Math.min(burst, bucket.tokens + gained);
      bucket.at = now;
      // Moved to the end: the first is the one that was not asked for the longest time.
      buckets.delete(key);
      buckets.set(key, bucket);
      const [oldest] = buckets.keys();
      if (buckets.size > maxBuckets && oldest !== undefined) buckets.delete(oldest);
      if (bucket.tokens < 1) {
        return { remaining: 0, waitSeconds: Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond)) };
      }
      bucket.tokens -= 1;
      return { remaining: Math.floor(bucket.tokens), waitSeconds: 0 };
    },
  };
}
