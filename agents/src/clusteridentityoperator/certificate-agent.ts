import { agentNames } from "@arcfleet/contract";
import type { Logger } from "pino";
import { type Clock, jitter, systemClock } from "../runtime/clock.ts";
import { mergeClusterMetadata } from "../runtime/cluster-metadata.ts";
import type { ControlPlaneClient } from "../runtime/control-plane/control-plane-client.ts";
import { type Agent, type AgentDefinition, defineAgent } from "../runtime/define-agent.ts";
import { readSecret, secrets } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { watchSource } from "../runtime/kube/watch-source.ts";
import { again, type Outcome, stalled } from "../runtime/outcome.ts";
import { hints, oneItem } from "../runtime/source.ts";
import type { ClusterIdentityState } from "./cluster-identity.ts";
import { type IdentityCertificate, loadCertificate, saveCertificate } from "./identity-certificate.ts";
import { makeRequest } from "./request-certificate.ts";

export interface CertificateAgentOptions {
  readonly kube: KubeClient;
  readonly controlPlane: Pick<ControlPlaneClient, "certificate">;
  readonly identity: ClusterIdentityState;
  readonly cluster: { readonly clusterId: string; readonly endpoint: string };
  readonly log: Logger;
  readonly onRun?: AgentDefinition<unknown>["onRun"];
  readonly clock?: Clock;
}

/** Even a certificate that is good for weeks is looked at this often: its Secret may have been deleted. */
const lookAgainMs = 3_600_000;

/**
 * Keeps a valid managed-identity certificate: gets the first one with the onboarding key, the next from half-life on, and one
 * more whenever the stored one cannot be used, however long the cluster was away.
 */
export function certificateAgent(options: CertificateAgentOptions): Agent {
  const { kube, controlPlane, identity, cluster, log, clock = systemClock, onRun } = options;
  const onboardingKey = watchSource(kube, secrets, {
    log,
    namespace: agentNames.namespace,
    fieldSelector: `metadata.name=${agentNames.onboardingKeySecret}`,
  });

  const reconcile = async (signal: AbortSignal): Promise<Outcome> => {
    const stored = await loadCertificate(kube, cluster, signal);
    const isUsable = stored !== undefined && Date.parse(stored.notAfter) > clock.now() && !identity.isRejected(stored);
    if (isUsable) {
      await take(stored, signal);
      const renewInMs = Date.parse(stored.renewAfter) - clock.now();
      if (renewInMs > 0) return again(Math.min(renewInMs, jitter(clock, lookAgainMs)), "the certificate is good");
    }
    const key = readSecret(onboardingKey.all()[0], agentNames.onboardingKeyField);
    if (key === undefined) {
      const where = `${agentNames.namespace}/${agentNames.onboardingKeySecret}`;
      return stalled("OnboardingKeyMissing", `the Secret ${where} is missing; attach the cluster again`);
    }
    const renewed = await renew(key, signal);
    await take(renewed, signal);
    const renewInMs = Math.max(Date.parse(renewed.renewAfter) - clock.now(), 60_000);
    return again(Math.min(renewInMs, jitter(clock, lookAgainMs)), "a new certificate is in use");
  };

  const renew = async (onboardingPem: string, signal: AbortSignal): Promise<IdentityCertificate> => {
    const made = await makeRequest({ ...cluster, onboardingKey: onboardingPem, nowMs: clock.now() });
    const answer = await controlPlane.certificate(made.request, { signal });
    const certificate = { ...answer, ...cluster, privateKey: made.privateKey };
    await saveCertificate(kube, certificate, signal);
    log.info({ notAfter: answer.notAfter, renewAfter: answer.renewAfter }, "got a managed-identity certificate");
    return certificate;
  };

  const take = async (certificate: IdentityCertificate, signal: AbortSignal): Promise<void> => {
    identity.use(certificate);
    await mergeClusterMetadata(kube, { managedIdentityCertificateExpirationTime: certificate.notAfter }, signal);
  };

  return defineAgent<string>({
    name: "identity-certificate",
    source: oneItem("certificate", [onboardingKey, hints(identity.onReject)]),
    log,
    clock,
    intervalMs: lookAgainMs,
    backoff: { firstMs: 1000, mostMs: 60_000 },
    ...(onRun === undefined ? {} : { onRun }),
    reconcile: (_, { signal }) => reconcile(signal),
  });
}
