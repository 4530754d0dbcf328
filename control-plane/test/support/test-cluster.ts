import { createHash, generateKeyPairSync, type KeyObject, randomUUID, webcrypto, X509Certificate } from "node:crypto";
import { CertificateAnswer, dataPlanePath, resourceKey } from "@arcfleet/contract";
import { SignJWT } from "jose";
import { Pkcs10CertificateRequestGenerator } from "../../src/pki/x509.ts";
import { type Answer, putCluster, type Running } from "./running.ts";

const certificateKey = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
} as const;

/** What a cluster's identity agent does, as a few functions that a test can bend. */
export interface TestCluster {
  readonly id: string;
  readonly onboardingKey: KeyObject;
  makeProof(csr: Buffer, changes?: Record<string, unknown>, key?: KeyObject): Promise<string>;
  /** Exchanges a proof for a certificate. */
  exchange(changes?: Record<string, unknown>, key?: KeyObject): Promise<Answer>;
  /** A token of the cluster's identity, with a new certificate. */
  token(): Promise<string>;
}

export async function makeRequest(): Promise<{ readonly csr: Buffer; readonly privateKey: webcrypto.CryptoKey }> {
  const keys = await webcrypto.subtle.generateKey(certificateKey, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: ["cluster"] }],
    keys,
    signingAlgorithm: certificateKey,
  });
  return { csr: Buffer.from(request.rawData), privateKey: keys.privateKey };
}

/** Attaches a cluster with a key pair of its own. */
export async function attachCluster(running: Running, name: string): Promise<TestCluster> {
  const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicDer = pair.publicKey.export({ format: "der", type: "pkcs1" });
  const id = await putCluster(running, name, publicDer.toString("base64"));
  return clusterWithKey(running, id, pair.privateKey);
}

/** The cluster behind a record, by its key. */
export function clusterWithKey(running: Running, id: string, onboardingKey: KeyObject): TestCluster {
  const { endpoint } = running.controlPlane;

  const makeProof: TestCluster["makeProof"] = (csr, changes = {}, key = onboardingKey) => {
    const now = Math.floor(running.clock.now().getTime() / 1000);
    return new SignJWT({
      iss: resourceKey(id),
      sub: resourceKey(id),
      aud: endpoint,
      jti: randomUUID(),
      iat: now,
      exp: now + 240,
      csr: createHash("sha256").update(csr).digest("base64url"),
      ...changes,
    })
      .setProtectedHeader({ alg: "RS256" })
      .sign(key);
  };
  const post = async (csr: Buffer, proof: string): Promise<Answer> =>
    running.request("POST", dataPlanePath(id, "certificate"), { body: { proof, csr: csr.toString("base64") } });

  return {
    id,
    onboardingKey,
    makeProof,
    async exchange(changes, key) {
      const { csr } = await makeRequest();
      return post(csr, await makeProof(csr, changes, key));
    },
    async token() {
      const { csr, privateKey } = await makeRequest();
      const answer = await post(csr, await makeProof(csr));
      if (answer.status !== 200) throw new Error(answer.body);
      const { clientId, certificateChain, tokenEndpoint } = CertificateAnswer.parse(answer.json());
      const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", privateKey);
      const signingKey = await webcrypto.subtle.importKey("pkcs8", pkcs8, { name: "RSA-PSS", hash: "SHA-256" }, false, [
        "sign",
      ]);
      const now = Math.floor(running.clock.now().getTime() / 1000);
      const assertion = await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({
          alg: "PS256",
          "x5t#S256": createHash("sha256").update(new X509Certificate(certificateChain).raw).digest("base64url"),
        })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(tokenEndpoint)
        .setIssuedAt(now)
        .setExpirationTime(now + 300)
        .sign(signingKey);
      const form = {
        grant_type: "client_credentials",
        client_id: clientId,
        scope: `${endpoint}/.default`,
        client_assertion: assertion,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      };
      const { identity } = running.controlPlane.services;
      return (await identity.requestToken(form, "test")).accessToken;
    },
  };
}
