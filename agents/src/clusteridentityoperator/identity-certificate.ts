/**
 * The cluster's managed-identity certificate with its key, as kept in the Secret `azure-identity-certificate`: everything that is
 * needed to get tokens without the onboarding key.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { agentNames, CertificateAnswer } from "@arcfleet/contract";
import { z } from "zod";
import { readSecret, secretData, secrets } from "../runtime/kube/kinds.ts";
import type { KubeClient } from "../runtime/kube/kube-client.ts";
import { parseJson } from "../runtime/kube/kube-error.ts";

/** What the control plane said with the certificate, and for whom. */
const Details = CertificateAnswer.omit({ certificateChain: true }).extend({
  clusterId: z.string(),
  endpoint: z.string(),
});

export interface IdentityCertificate extends z.infer<typeof Details> {
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** PEM, the certificate first. */
  readonly certificateChain: string;
}

const ref = { name: agentNames.identityCertificateSecret, namespace: agentNames.namespace };

/** Undefined when there is none, or none that can be used: the remedy is the same, a new one. */
export async function loadCertificate(
  kube: KubeClient,
  cluster: { clusterId: string; endpoint: string },
  signal: AbortSignal,
): Promise<IdentityCertificate | undefined> {
  const secret = await kube.get(secrets, ref, { signal });
  const privateKey = readSecret(secret, "tls.key");
  const certificateChain = readSecret(secret, "tls.crt");
  const details = Details.safeParse(parseJson(readSecret(secret, "identity.json") ?? "")).data;
  if (privateKey === undefined || certificateChain === undefined || details === undefined) return undefined;
  // Of an earlier life of this cluster, under another name or another control plane.
  const isOurs = details.clusterId === cluster.clusterId && details.endpoint === cluster.endpoint;
  return isOurs && isPair(certificateChain, privateKey) ? { ...details, privateKey, certificateChain } : undefined;
}

export async function saveCertificate(
  kube: KubeClient,
  certificate: IdentityCertificate,
  signal: AbortSignal,
): Promise<void> {
  const { privateKey, certificateChain, ...details } = certificate;
  const data = secretData({
    "tls.key": privateKey,
    "tls.crt": certificateChain,
    "identity.json": JSON.stringify(details),
  });
  await kube.apply(secrets, { metadata: ref, type: "kubernetes.io/tls", data }, { signal });
}

function isPair(certificateChain: string, privateKey: string): boolean {
  try {
    return new X509Certificate(certificateChain).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    // Cut off or overwritten by hand.
    return false;
  }
}
