/** Access tokens of the cluster's own identity, bought at the token endpoint with a client assertion. */
import { createHash, createPrivateKey, randomUUID, X509Certificate } from "node:crypto";
import { SignJWT } from "jose";
import { z } from "zod";
import { createHttpClient } from "../runtime/http/http-client.ts";
import { parseJson } from "../runtime/kube/kube-error.ts";
import type { IdentityCertificate } from "./identity-certificate.ts";

export interface BoughtToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

/** The control plane does not accept the certificate: revoked, or of a cluster record that no longer exists. */
export class CertificateRefusedError extends Error {
  override readonly name = "CertificateRefusedError";
}

const TokenSuccess = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });
const TokenFailure = z.object({ error: z.string(), error_description: z.string().optional() });

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const assertionLifeSeconds = 300;
/** Of OAuth 2: the client itself is refused, not this request. */
const clientErrors = new Set(["invalid_client", "unauthorized_client"]);

export async function buyToken(given: {
  certificate: IdentityCertificate;
  audience: string;
  ca: string | undefined;
  nowMs: number;
  signal: AbortSignal;
}): Promise<BoughtToken> {
  const { certificate, audience, nowMs } = given;
  const endpoint = new URL(certificate.tokenEndpoint);
  const http = createHttpClient({
    baseUrl: endpoint.origin,
    ca: given.ca,
    userAgent: "arcfleet-clusteridentityoperator",
  });
  try {
    const answer = await http.request({
      method: "POST",
      path: endpoint.pathname,
      signal: given.signal,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: certificate.clientId,
        client_assertion_type: assertionType,
        client_assertion: await signAssertion(certificate, nowMs),
        scope: `${audience}/.default`,
      }).toString(),
    });
    const success = TokenSuccess.safeParse(parseJson(answer.body)).data;
    if (answer.status === 200 && success !== undefined) {
      return { token: success.access_token, expiresAtMs: nowMs + success.expires_in * 1000 };
    }
    const failure = TokenFailure.safeParse(parseJson(answer.body)).data;
    const reason = `no token for ${audience}: ${failure?.error_description ?? failure?.error ?? `HTTP ${answer.status}`}`;
    if (failure !== undefined && clientErrors.has(failure.error)) throw new CertificateRefusedError(reason);
    throw new Error(reason);
  } finally {
    http.close();
  }
}

function signAssertion(certificate: IdentityCertificate, nowMs: number): Promise<string> {
  const { raw } = new X509Certificate(certificate.certificateChain);
  const now = Math.floor(nowMs / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: "PS256", typ: "JWT", "x5t#S256": createHash("sha256").update(raw).digest("base64url") })
    .setIssuer(certificate.clientId)
    .setSubject(certificate.clientId)
    .setAudience(certificate.tokenEndpoint)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + assertionLifeSeconds)
    .sign(createPrivateKey(certificate.privateKey));
}
