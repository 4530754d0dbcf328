import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { ControlPlaneClient } from "../runtime/control-plane/control-plane-client.ts";
import type { Agent, AgentDefinition } from "../runtime/define-agent.ts";
import { identityRequests } from "../runtime/kube/arc-kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { defineObjectAgent } from "../runtime/kube/object-agent.ts";
import { type WatchSource, watchSource } from "../runtime/kube/watch-source.ts";
import { again, type Outcome } from "../runtime/outcome.ts";
import { type BoughtToken, CertificateRefusedError } from "./buy-token.ts";
import type { ClusterIdentityState } from "./cluster-identity.ts";
import type { IdentityCertificate } from "./identity-certificate.ts";
import { type IdentityRequest, readRenewAfterMs, saveToken, tokenReferenceOf } from "./token-secret.ts";

export interface TokenAgentOptions {
  readonly kube: KubeClient;
  readonly controlPlane: Pick<ControlPlaneClient, "tokens">;
  readonly identity: ClusterIdentityState;
  /** Buys a token of the cluster's own identity. */
  readonly buy: (certificate: IdentityCertificate, audience: string, signal: AbortSignal) => Promise<BoughtToken>;
  readonly log: Logger;
  readonly onRun?: AgentDefinition<unknown>["onRun"];
  readonly clock?: Clock;
}

interface Issued {
  readonly expiresAtMs: number;
}

/** A certificate's arrival wakes everybody earlier. */
const certificateWaitMs = 60_000;

/** Answers AzureClusterIdentityRequests: a token into a Secret, its name and end into the status, a fresh one at half-life. */
export function tokenAgent(options: TokenAgentOptions): Agent {
  const { kube, controlPlane, identity, buy, log, clock = systemClock, onRun } = options;
  const requests = watchSource(kube, identityRequests, {
    log,
    namespace: agentNames.namespace,
    // An emptied expiration time is the owner's wish for a fresh token; other changes of the status are our own.
    version: ({ metadata, status }) =>
      JSON.stringify([
        metadata.uid,
        metadata.generation,
        metadata.deletionTimestamp,
        status?.expirationTime === "" ? metadata.resourceVersion : "",
      ]),
  });

  const reconcile = async (request: IdentityRequest, signal: AbortSignal): Promise<Outcome<Issued>> => {
    const knownExpiry = Date.parse(request.status?.expirationTime ?? "");
    const renewAfterMs = await readRenewAfterMs(kube, request, signal);
    if (renewAfterMs !== undefined && renewAfterMs > clock.now() && knownExpiry > clock.now()) {
      return again(renewAfterMs - clock.now(), "the token is good", { expiresAtMs: knownExpiry });
    }
    const certificate = identity.current();
    if (certificate === undefined || Date.parse(certificate.notAfter) <= clock.now()) {
      return again(certificateWaitMs, "waiting for the managed-identity certificate");
    }

    const bought = await obtain(request, certificate, signal);
    const lifeMs = bought.expiresAtMs - clock.now();
    const renewInMs = Math.round(lifeMs * (0.4 + 0.2 * clock.random()));
    await saveToken(kube, request, { ...bought, renewAfterMs: clock.now() + renewInMs }, signal);
    return again(renewInMs, "a fresh token is in place", { expiresAtMs: bought.expiresAtMs });
  };

  const obtain = async (
    { spec }: IdentityRequest,
    certificate: IdentityCertificate,
    signal: AbortSignal,
  ): Promise<BoughtToken> => {
    try {
      if (spec.resourceId === undefined) return await buy(certificate, spec.audience, signal);
      const question = { audience: spec.audience, extensionName: spec.resourceId };
      const { accessToken, expiresOn } = await controlPlane.tokens(question, { signal });
      return { token: accessToken, expiresAtMs: Date.parse(expiresOn) };
    } catch (error) {
      if (error instanceof CertificateRefusedError) identity.reject(certificate);
      throw error;
    }
  };

  return defineObjectAgent<IdentityRequest, Issued>({
    name: "identity-token",
    kube,
    kind: identityRequests,
    source: wokenBy(requests, identity),
    log,
    clock,
    backoff: { firstMs: 500, mostMs: 60_000 },
    ...(onRun === undefined ? {} : { onRun }),
    reconcile: (request, { signal }) => reconcile(request, signal),
    status: (request, outcome) => {
      // An old token stays good until its end, so only the reason is told.
      if (outcome.kind === "failed") return { message: outcome.error.message };
      if (outcome.kind !== "again") return undefined;
      if (outcome.result === undefined) return { message: outcome.why };
      const expirationTime = new Date(outcome.result.expiresAtMs).toISOString();
      return { tokenReference: tokenReferenceOf(request), expirationTime, message: null };
    },
  });
}

/** A new certificate is a reason to look at every request. */
const wokenBy = (
  requests: WatchSource<IdentityRequest>,
  identity: ClusterIdentityState,
): WatchSource<IdentityRequest> => ({
  ...requests,
  async run(changed, signal, synced) {
    const stop = identity.onUse(() => {
      for (const { metadata } of requests.all()) changed(`${metadata.namespace}/${metadata.name}`);
    });
    await requests.run(changed, signal, synced);
    stop();
  },
});
