import { type Clock, systemClock } from "../runtime/clock.ts";
import type { TokenSource } from "../runtime/control-plane/token-source.ts";
import type { BoughtToken } from "./buy-token.ts";
import type { ClusterIdentityState } from "./cluster-identity.ts";
import type { IdentityCertificate } from "./identity-certificate.ts";

const leastLifeMs = 120_000;

/** The operator's own calls: this program is where tokens come from, so it asks nobody. */
export function ownToken(given: {
  identity: ClusterIdentityState;
  buy: (certificate: IdentityCertificate, signal: AbortSignal) => Promise<BoughtToken>;
  clock?: Clock;
}): TokenSource {
  const { identity, buy, clock = systemClock } = given;
  let kept: (BoughtToken & { chain: string }) | undefined;
  return {
    async get(signal = AbortSignal.timeout(30_000)) {
      const certificate = identity.current();
      if (certificate === undefined) throw new Error("there is no managed-identity certificate yet");
      const isGood = kept?.chain === certificate.certificateChain && kept.expiresAtMs - clock.now() > leastLifeMs;
      if (isGood && kept !== undefined) return kept.token;
      kept = { ...(await buy(certificate, signal)), chain: certificate.certificateChain };
      return kept.token;
    },
    refused(token) {
      if (kept?.token === token) kept = undefined;
    },
  };
}
