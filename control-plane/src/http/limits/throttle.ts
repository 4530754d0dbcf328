import { connectedCluster, fullType, resourceKey } from "@arcfleet/contract";
import type { Clock } from "../../clock.ts";
import { DomainError } from "../../errors.ts";
import type { Caller } from "../../identity/caller.ts";
import type { Metrics } from "../metrics.ts";
import type { Rate, Rates } from "./limit-settings.ts";
import { createTokenBuckets, type Taken } from "./token-buckets.ts";

/** The part of a request that its cost depends on. */
export interface Asked {
  readonly method: string;
  /** The path, with or without a query. */
  readonly url: string;
  /** The id that a client sends again with a request that it repeats. Without one no place is kept for it. */
  readonly repeatedId?: string | undefined;
}

/** What clients are told of their budget. */
export type BudgetHeaders = Readonly<Record<string, string>>;

/** Budgets of requests, each a bucket of tokens in the memory of this process: with several replicas each has its own. */
export interface Throttle {
  /**
   * Takes a request out of the budgets of a caller.
   * @throws DomainError SubscriptionRequestsThrottled or TooManyRequests
   */
  spend(caller: Caller, asked: Asked): BudgetHeaders;
  /** Takes a request without a token out of its address' budget. @throws DomainError TooManyRequests */
  spendAnonymous(address: string): void;
  /** Counts a token that was not good. @throws DomainError TooManyRequests, once there were too many from the address */
  spendBadToken(address: string): void;
  /** Seconds until a client may ask for the next token; 0 when it may now. */
  spendTokenRequest(address: string, clientId: string): number;
}

type Kind = "reads" | "writes" | "deletes";
const singular = { reads: "read", writes: "write", deletes: "delete" } as const;

export function createThrottle(rates: Rates, clock: Clock, metrics: Pick<Metrics, "refusals">): Throttle {
  const buckets = (rate: Rate) => createTokenBuckets(rate, clock);
  const times = ({ burst, perSecond }: Rate, factor: number): Rate => ({
    burst: burst * factor,
    perSecond: perSecond * factor,
  });
  const ofEach = (factor: number) => ({
    reads: buckets(times(rates.reads, factor)),
    writes: buckets(times(rates.writes, factor)),
    deletes: buckets(times(rates.deletes, factor)),
  });
  const ofPrincipals = ofEach(1);
  const ofSubscription = ofEach(rates.globalFactor);
  const agents = buckets(rates.agents);
  const tokens = buckets(rates.tokens);
  const anonymous = buckets(rates.anonymous);
  const badTokens = buckets(rates.badTokens);

  const refuse = (reason: string, { waitSeconds }: Taken, error: () => DomainError): void => {
    if (waitSeconds === 0) return;
    metrics.refusals.inc({ reason });
    throw error();
  };

  const spendAsAgent = (cluster: string, { repeatedId }: Asked): BudgetHeaders => {
    const taken = agents.take(cluster, repeatedId);
    refuse("agents", taken, () => tooMany(`The agents of '${cluster}' send more than the control plane takes`, taken));
    // An authorizer in the cluster reads this one.
    return { "x-ms-ratelimit-remaining-subscription-reads": String(taken.remaining) };
  };

  return {
    spend(caller, asked) {
      const cluster = clusterOf(caller);
      if (cluster !== undefined) return spendAsAgent(cluster, asked);
      const kind = kindOf(asked);
      const scope = /^\/+subscriptions\/+[^/?]/i.test(asked.url) ? "subscription" : "tenant";
      const header = (of: string): string => `x-ms-ratelimit-remaining-${of}-${kind}`;
      const own = ofPrincipals[kind].take(`${scope} ${caller.principalId}`, asked.repeatedId);
      const subject = `Number of '${singular[kind]}' requests of '${caller.principalId}'`;
      refuse(`principal-${kind}`, own, () =>
        scope === "subscription"
          ? throttled(subject, own, header(scope))
          : tooMany(`${subject} is more than the control plane takes`, own),
      );
      const headers = { [header(scope)]: String(own.remaining) };
      if (scope === "tenant") return headers;
      const all = ofSubscription[kind].take("", asked.repeatedId);
      refuse(`subscription-${kind}`, all, () =>
        throttled(`Number of '${singular[kind]}' requests of all callers`, all, header(`${scope}-global`)),
      );
      return { ...headers, [header(`${scope}-global`)]: String(all.remaining) };
    },
    spendAnonymous(address) {
      const taken = anonymous.take(address);
      refuse("anonymous", taken, () => tooMany("Too many requests without a token come from your address", taken));
    },
    spendBadToken(address) {
      const taken = badTokens.take(address);
      refuse("bad-token", taken, () => tooMany("Too many tokens that are not good come from your address", taken));
    },
    spendTokenRequest(address, clientId) {
      const { waitSeconds } = tokens.take(`${address} ${clientId.toLowerCase()}`);
      if (waitSeconds > 0) metrics.refusals.inc({ reason: "token-request" });
      return waitSeconds;
    },
  };
}

/** What a cluster asks about its users is a read, whatever the method. */
function kindOf({ method, url }: Asked): Kind {
  if (method === "GET" || method === "HEAD" || /\/checkaccess(\?|$)/i.test(url)) return "reads";
  return method === "DELETE" ? "deletes" : "writes";
}

const clusterId = new RegExp(`^.*?/${fullType(connectedCluster).replace("/", "\\/")}/[^/]+`, "i");

/** The cluster that an identity is of, its own or an extension's: all agents of a cluster share a budget. */
function clusterOf({ kind, resourceId }: Caller): string | undefined {
  if (kind !== "ManagedIdentity" || resourceId === undefined) return undefined;
  return resourceKey(clusterId.exec(resourceId)?.[0] ?? resourceId);
}

const throttled = (subject: string, { waitSeconds }: Taken, header: string): DomainError =>
  new DomainError(
    "SubscriptionRequestsThrottled",
    `${subject} for the subscription is exceeded. Please try again after '${waitSeconds}' seconds.`,
    { headers: { "retry-after": String(waitSeconds), [header]: "0" } },
  );

const tooMany = (what: string, { waitSeconds }: Taken): DomainError =>
  new DomainError("TooManyRequests", `${what}. Please try again after '${waitSeconds}' seconds.`, {
    headers: { "retry-after": String(waitSeconds) },
  });
