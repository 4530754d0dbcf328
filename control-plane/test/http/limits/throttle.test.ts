import { describe, expect, test } from "@jest/globals";
import { DomainError } from "../../../src/errors.ts";
import { type Rates, ratePresets, Throttling } from "../../../src/http/limits/limit-settings.ts";
import { createThrottle } from "../../../src/http/limits/throttle.ts";
import { createTokenBuckets } from "../../../src/http/limits/token-buckets.ts";
import { createMetrics } from "../../../src/http/metrics.ts";
import type { Caller } from "../../../src/identity/caller.ts";
import { testClock } from "../../support/identity-fixture.ts";

const stopped = () => {
  const clock = testClock();
  const start = clock.now();
  let passedMs = 0;
  return { now: () => new Date(start.getTime() + passedMs), advance: (ms: number) => (passedMs += ms) };
};

describe("a bucket of tokens", () => {
  test("gives a burst, then what is put back, and says how long to wait", () => {
    const clock = stopped();
    const buckets = createTokenBuckets({ burst: 3, perSecond: 0.5 }, clock);
    const take = () => buckets.take("a");
    expect([take(), take(), take()].map(({ remaining }) => remaining)).toEqual([2, 1, 0]);
    expect(take()).toEqual({ remaining: 0, waitSeconds: 2 });
    clock.advance(2000);
    expect(take().waitSeconds).toBe(0);
    expect(take().waitSeconds).toBe(2);
    clock.advance(1_000_000);
    expect([take(), take(), take(), take()].map(({ waitSeconds }) => waitSeconds)).toEqual([0, 0, 0, 2]);
    expect(buckets.take("b").waitSeconds).toBe(0);
  });

  test("tells each who is sent away a moment of its own, at most a minute from now", () => {
    const clock = stopped();
    const buckets = createTokenBuckets({ burst: 1, perSecond: 0.5 }, clock);
    buckets.take("a");
    expect([1, 2, 3].map(() => buckets.take("a").waitSeconds)).toEqual([2, 4, 6]);
    for (let count = 0; count < 100; count++) buckets.take("a");
    expect(buckets.take("a").waitSeconds).toBe(60);
  });

  test("keeps the token for the request that waited for it, and not for ever", () => {
    const clock = stopped();
    const buckets = createTokenBuckets({ burst: 1, perSecond: 1 }, clock);
    const take = (request: string) => buckets.take("a", request).waitSeconds;
    expect(["first", "second", "third"].map(take)).toEqual([0, 1, 2]);
    clock.advance(1000);
    expect(take("newcomer")).toBe(2);
    expect(take("second")).toBe(0);
    clock.advance(1000);
    expect(take("third")).toBe(0);
    // Came too early: its place stays its own.
    expect(take("newcomer")).toBe(1);
    clock.advance(20_000);
    expect(take("another")).toBe(0);
  });

  test("serves whoever comes back in time, also when others took the tokens; those after it wait for that", () => {
    const clock = stopped();
    const buckets = createTokenBuckets({ burst: 1, perSecond: 1 }, clock);
    const take = (request: string) => buckets.take("a", request).waitSeconds;
    expect(["first", "second", "third"].map(take)).toEqual([0, 1, 2]);
    clock.advance(1999);
    expect(take("second")).toBe(0);
    clock.advance(1);
    expect(take("third")).toBe(0);
    clock.advance(1000);
    expect(take("newcomer")).toBe(1);
  });

  test("keeps no place further away than a minute: a flood that comes back at once finds none", () => {
    const clock = stopped();
    const buckets = createTokenBuckets({ burst: 1, perSecond: 1 }, clock);
    const flood = () => Array.from({ length: 500 }, (_, at) => buckets.take("a", `request-${at}`).waitSeconds);
    flood();
    clock.advance(60_000);
    expect(flood().filter((wait) => wait === 0).length).toBeLessThanOrEqual(60);
  });

  test("does not mind a clock that is set back, and forgets those that were not used for the longest time", () => {
    const clock = stopped();
    const buckets = createTokenBuckets({ burst: 1, perSecond: 1 }, clock, 2);
    expect(buckets.take("a").waitSeconds).toBe(0);
    clock.advance(-60_000);
    expect(buckets.take("a").waitSeconds).toBe(1);
    buckets.take("b");
    expect(buckets.take("a").waitSeconds).toBe(2);
    buckets.take("c");
    expect(buckets.take("b").waitSeconds).toBe(0);
  });

  test("of no size is no limit", () => {
    const buckets = createTokenBuckets({ burst: 0, perSecond: 1 }, stopped());
    for (let count = 0; count < 1000; count++) expect(buckets.take("a").waitSeconds).toBe(0);
  });
});

describe("budgets", () => {
  const person = (principalId: string): Caller => ({
    principalId,
    tenantId: "t",
    appId: principalId,
    kind: "Application",
    name: principalId,
  });
  const one = { burst: 1, perSecond: 1 };
  const start = (rates: Partial<Rates>) => createThrottle({ ...ratePresets.off, ...rates }, stopped(), createMetrics());
  const put = { method: "PUT", url: "/subscriptions/s/resourceGroups/g?api-version=1" };
  const codeOf = (work: () => unknown): unknown => {
    try {
      work();
    } catch (error) {
      return error instanceof DomainError ? `${error.code} ${error.headers["retry-after"]}` : error;
    }
    return "taken";
  };

  test("are each principal's own, and reads, writes and deletes apart", () => {
    const throttle = start({ reads: one, writes: one, deletes: one, globalFactor: 100 });
    const ask = (who: string, method: string, url = put.url) =>
      codeOf(() => throttle.spend(person(who), { method, url }));
    expect(ask("ann", "PUT")).toBe("taken");
    expect(["PUT", "PATCH", "POST"].map((method) => ask("ann", method))).toEqual([
      "SubscriptionRequestsThrottled 1",
      "SubscriptionRequestsThrottled 2",
      "SubscriptionRequestsThrottled 3",
    ]);
    expect(ask("ann", "GET")).toBe("taken");
    expect(ask("ann", "HEAD")).toBe("SubscriptionRequestsThrottled 1");
    expect(ask("ann", "POST", "/subscriptions/s/providers/Microsoft.Authorization/checkaccess?x")).toBe(
      "SubscriptionRequestsThrottled 2",
    );
    expect(ask("ann", "DELETE")).toBe("taken");
    expect(ask("ann", "GET", "/subscriptions?api-version=1")).toBe("taken");
    expect(ask("ann", "GET", "/tenants")).toBe("TooManyRequests 1");
    expect(ask("bob", "PUT")).toBe("taken");
  });

  test("of the subscription hold for all together", () => {
    const throttle = start({ writes: one, globalFactor: 2 });
    const ask = (who: string) => codeOf(() => throttle.spend(person(who), put));
    expect([ask("ann"), ask("bob"), ask("cem")]).toEqual(["taken", "taken", "SubscriptionRequestsThrottled 1"]);
  });

  test("tell what is left", () => {
    const throttle = start({ writes: { burst: 200, perSecond: 10 }, globalFactor: 15 });
    expect(throttle.spend(person("ann"), put)).toEqual({
      "x-ms-ratelimit-remaining-subscription-writes": "199",
      "x-ms-ratelimit-remaining-subscription-global-writes": "2999",
    });
    expect(throttle.spend(person("ann"), { method: "GET", url: "/tenants" })).toEqual({
      "x-ms-ratelimit-remaining-tenant-reads": "1000000",
    });
  });

  test("of agents are a cluster's, whichever of its identities asks", () => {
    const throttle = start({ agents: { burst: 2, perSecond: 1 } });
    const cluster = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Kubernetes/connectedClusters/Edge";
    const agent = (resourceId: string) =>
      codeOf(() => throttle.spend({ ...person("x"), kind: "ManagedIdentity", resourceId }, put));
    expect(agent(cluster)).toBe("taken");
    expect(agent(`${cluster.toUpperCase()}/providers/Microsoft.KubernetesConfiguration/extensions/e`)).toBe("taken");
    expect(agent(cluster)).toBe("TooManyRequests 1");
    expect(agent(`${cluster}2`)).toBe("taken");
  });

  test("can be chosen by name, or by number with the standard for the rest", () => {
    expect(Throttling.parse("azure").writes).toEqual({ burst: 200, perSecond: 10 });
    expect(Throttling.parse({ writes: one })).toEqual({ ...ratePresets.standard, writes: one });
    expect(Throttling.safeParse("fast").success).toBe(false);
    expect(Throttling.safeParse({ writes: { burst: -1, perSecond: 1 } }).success).toBe(false);
  });
});
