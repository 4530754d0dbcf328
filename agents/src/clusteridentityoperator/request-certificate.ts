/** The certificate exchange: a fresh key pair, a request for it, and a proof signed with the onboarding key. */
import { createHash, createPrivateKey, type KeyObject, randomUUID } from "node:crypto";
import type { CertificateRequest } from "@arcfleet/contract";
import "reflect-metadata";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { SignJWT } from "jose";

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** The control plane takes at most five minutes; a little less leaves room for clocks that differ. */
const proofLifeSeconds = 240;

export interface KeyAndRequest {
  /** PEM, PKCS#8; stays in the cluster. */
  readonly privateKey: string;
  readonly request: CertificateRequest;
}

/** @throws when the onboarding key is not a private RSA key in PEM */
export async function makeRequest(given: {
  clusterId: string;
  endpoint: string;
  onboardingKey: string;
  nowMs: number;
}): Promise<KeyAndRequest> {
  const onboardingKey = readOnboardingKey(given.onboardingKey);
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ["arcfleet-cluster"] }],
    keys,
    signingAlgorithm: algorithm,
  });
  const der = Buffer.from(csr.rawData);
  const id = given.clusterId.toLowerCase();
  const now = Math.floor(given.nowMs / 1000);
  const proof = await new SignJWT({ csr: createHash("sha256").update(der).digest("base64url") })
    .setProtectedHeader({ alg: "RS256", typ: "JWT" })
    .setIssuer(id)
    .setSubject(id)
    .setAudience(given.endpoint)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + proofLifeSeconds)
    .sign(onboardingKey);
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { privateKey: toPem("PRIVATE KEY", pkcs8), request: { proof, csr: der.toString("base64") } };
}

function readOnboardingKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The parser's own words could quote the key.
    throw new Error("the onboarding key is not a private key in PEM form; attach the cluster again");
  }
}

const toPem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;
