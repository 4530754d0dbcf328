import type { Clock } from "../../clock.ts";
import type { Rate } from "./limit-settings.ts";

/** So many are remembered; of more, those that were not asked for the longest time begin anew. */
const MAX_BUCKETS = 50_000;

/** What became of the wish for a token. */
export interface Taken {
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** 0 when there was one; else the whole seconds until there is, behind all who were told so before. */
  readonly waitSeconds: number;
}

/** One bucket for each key, full at first, in the memory of this process. */
export interface TokenBuckets {
  /** @param request stays the same when a client sends it again, so that it finds the token that it waited for */
  take(key: string, request?: string): Taken;
}

/** What clients are told to be left where there is no limit. */
const UNLIMITED = 1_000_000;

/** Nobody is told to wait longer. */
const MAX_WAIT_SECONDS = 60;
/** For so long after that a place is kept for whoever was told to come back. */
const KEPT_MS = 10_000;
/** Of more that wait the first lose their place. */
const MAX_WAITING = 10_000;

interface Bucket {
  tokens: number;
  at: number;
  /** The moment at which the last who was sent away finds a token. */
  promisedUntil: number;
  /** The requests that were sent away, in the order in which they were, with the moment from which they are served. */
  readonly waiting: Map<string, number>;
}

/**
 * Clients that come back together find one token, and most give up after the fourth time. So each that is sent away gets a moment of its
 * own; what comes meanwhile does not take the token that another one waited for, and whoever comes back in time is served even if it did:
 * those moments are as far apart as tokens are, so the rate holds, and the next newcomer waits longer. docs/decisions/0144
 */
export function createTokenBuckets({ burst, perSecond }: Rate, clock: Clock, maxBuckets = MAX_BUCKETS): TokenBuckets {
  const buckets = new Map<string, Bucket>();
  const msPerToken = 1000 / perSecond;

  const fill = (key: string, now: number): Bucket => {
    const bucket = buckets.get(key) ?? { tokens: burst, at: now, promisedUntil: now, waiting: new Map() };
    // A clock that is set back gives nothing, and takes nothing; what was promised by it means nothing any more.
    if (now < bucket.at) {
      bucket.promisedUntil = now;
      bucket.waiting.clear();
    }
    bucket.tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) / msPerToken);
    bucket.at = now;
    // Moved to the end: the first is the one that was not asked for the longest time.
    buckets.delete(key);
    buckets.set(key, bucket);
    const [oldest] = buckets.keys();
    if (buckets.size > maxBuckets && oldest !== undefined) buckets.delete(oldest);
    return bucket;
  };

  return {
    take(key, request) {
      if (burst === 0) return { remaining: UNLIMITED, waitSeconds: 0 };
      const now = clock.now().getTime();
      const bucket = fill(key, now);
      const kept = keptFor(bucket.waiting, now);
      const own = request === undefined ? undefined : bucket.waiting.get(request);
      if (own !== undefined && own > now) return { remaining: 0, waitSeconds: secondsUntil(own, now) };
      if (own !== undefined || bucket.tokens - kept >= 1) {
        if (request !== undefined) bucket.waiting.delete(request);
        bucket.tokens -= 1;
        return { remaining: Math.max(0, Math.floor(bucket.tokens - kept)), waitSeconds: 0 };
      }
      const moment = Math.max(now + (1 - bucket.tokens) * msPerToken, now, bucket.promisedUntil + msPerToken);
      // Nobody waits that long, so that is no place: many who come back after it at once are newcomers.
      if (moment > now + MAX_WAIT_SECONDS * 1000) return { remaining: 0, waitSeconds: MAX_WAIT_SECONDS };
      bucket.promisedUntil = moment;
      if (request !== undefined) bucket.waiting.set(request, moment);
      const [first] = bucket.waiting.keys();
      if (bucket.waiting.size > MAX_WAITING && first !== undefined) bucket.waiting.delete(first);
      return { remaining: 0, waitSeconds: secondsUntil(moment, now) };
    },
  };
}

const secondsUntil = (moment: number, now: number): number => Math.max(1, Math.ceil((moment - now) / 1000));

/** How many tokens belong to others who may come back any moment; those who did not come are forgotten. */
function keptFor(waiting: Map<string, number>, now: number): number {
  let count = 0;
  for (const [request, moment] of waiting) {
    // Moments are told in whole seconds.
    if (moment + 1000 + KEPT_MS < now) waiting.delete(request);
    else if (moment > now) break;
    else count += 1;
  }
  return count;
}
