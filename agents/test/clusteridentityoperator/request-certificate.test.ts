import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import "reflect-metadata";
import { describe, expect, test } from "@jest/globals";
import { Pkcs10CertificateRequest } from "@peculiar/x509";
import { jwtVerify } from "jose";
import { makeRequest } from "../../src/clusteridentityoperator/request-certificate.ts";

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});
const clusterId = "/subscriptions/S/resourceGroups/G/providers/Microsoft.Kubernetes/connectedClusters/C";
const given = { clusterId, endpoint: "https://10.0.0.1:8443", onboardingKey: keys.privateKey };

describe("makeRequest", () => {
  test("the proof is signed by the onboarding key and bound to this very request", async () => {
    const nowMs = Date.now();
    const { request, privateKey } = await makeRequest({ ...given, nowMs });
    const der = Buffer.from(request.csr, "base64");
    const { payload } = await jwtVerify(request.proof, createPublicKey(keys.publicKey), {
      issuer: clusterId.toLowerCase(),
      subject: clusterId.toLowerCase(),
      audience: given.endpoint,
      algorithms: ["RS256"],
    });
    expect(payload.csr).toBe(createHash("sha256").update(der).digest("base64url"));
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(300);

    const csr = new Pkcs10CertificateRequest(der);
    expect(await csr.verify()).toBe(true);
    const requested = createPublicKey({ key: Buffer.from(csr.publicKey.rawData), type: "spki", format: "der" });
    expect(requested.equals(createPublicKey(privateKey))).toBe(true);
  });

  test("two requests never share a key or a proof", async () => {
    const [one, other] = await Promise.all([makeRequest({ ...given, nowMs: 0 }), makeRequest({ ...given, nowMs: 0 })]);
    expect(one.privateKey).not.toBe(other.privateKey);
    expect(one.request.proof).not.toBe(other.request.proof);
  });

  test("a broken onboarding key is named without being quoted", async () => {
    const broken = "-----BEGIN RSA PRIVATE KEY-----\nsecretstuff\n-----END RSA PRIVATE KEY-----";
    const error: unknown = await makeRequest({ ...given, onboardingKey: broken, nowMs: 0 }).catch((cause) => cause);
    expect(String(error)).toContain("the onboarding key is not a private key in PEM form");
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("secretstuff");
  });
});
