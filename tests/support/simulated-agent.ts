// The certificate library needs this polyfill before its own code runs.
import "reflect-metadata";
import { createHash, randomUUID, webcrypto } from "node:crypto";
import {
  CertificateAnswer,
  type Connection,
  type DataPlaneVerb,
  type DesiredItem,
  DesiredState,
  dataPlanePath,
  type Heartbeat,
  type Report,
  ReportAnswer,
} from "@arcfleet/contract";
import * as x509 from "@peculiar/x509";
import { SignJWT } from "jose";
import { z } from "zod";
import { type HttpAnswer, type HttpCall, httpCall } from "./http-call.ts";
import type { OnboardingKey } from "./onboarding-key.ts";

const heartbeat: Heartbeat = {
  agentVersion: "1.40.0",
  kubernetesVersion: "1.34.2",
  totalNodeCount: 1,
  totalCoreCount: 2,
  distribution: "generic",
  infrastructure: "generic",
};

/** The agents of one cluster, as the control plane sees them: a real key, the real exchange, no cluster behind it. */
export interface SimulatedAgent {
  readonly clusterId: string;
  /** The access token of the cluster's identity. */
  readonly token: string;
  readonly certificate: CertificateAnswer;
  call(verb: DataPlaneVerb, call?: HttpCall & { query?: string }): Promise<HttpAnswer>;
  heartbeat(fields?: Partial<Heartbeat>): Promise<HttpAnswer>;
  desired(kind: DesiredItem["kind"], since?: number): Promise<DesiredState>;
  report(...reports: Report[]): Promise<ReportAnswer>;
  /** Reports every desired item as done: `Deleted` for what is to go, `Succeeded` for the rest. */
  settle(): Promise<void>;
}

/** Onboards: proof of the key, certificate, token. */
export async function simulatedAgent(
  connection: Connection,
  clusterId: string,
  key: OnboardingKey,
): Promise<SimulatedAgent> {
  const url = (verb: DataPlaneVerb, query = ""): string =>
    `${connection.endpoint}${dataPlanePath(clusterId, verb)}${query}`;
  const { keys, csr } = await certificateRequest();
  const answer = await httpCall(url("certificate"), connection.caFile, {
    method: "POST",
    body: { csr: csr.toString("base64"), proof: await onboardingProof({ connection, clusterId, key, csr }) },
  });
  if (answer.status !== 200) throw new Error(`certificate exchange answered ${answer.status}: ${answer.text}`);
  const certificate = CertificateAnswer.parse(answer.json);
  const token = await clusterToken(connection, certificate, keys.privateKey);

  const agent: SimulatedAgent = {
    clusterId,
    token,
    certificate,
    call: (verb, { query, ...call } = {}) =>
      httpCall(url(verb, query), connection.caFile, {
        ...call,
        headers: { authorization: `Bearer ${token}`, ...call.headers },
      }),
    heartbeat: (fields = {}) => agent.call("heartbeat", { method: "POST", body: { ...heartbeat, ...fields } }),
    async desired(kind, since = 0) {
      const answer = await agent.call("desired-state", { query: `?since=${since}` });
      if (answer.status !== 200) throw new Error(`desired-state answered ${answer.status}: ${answer.text}`);
      const state = DesiredState.parse(answer.json);
      return { ...state, items: state.items.filter((item) => item.kind === kind) };
    },
    async report(...reports) {
      const reply = await agent.call("reports", { method: "POST", body: { reports } });
      if (reply.status !== 200) throw new Error(`reports answered ${reply.status}: ${reply.text}`);
      return ReportAnswer.parse(reply.json);
    },
    async settle() {
      const states = await Promise.all([agent.desired("extension"), agent.desired("fluxConfiguration")]);
      await agent.report(...states.flatMap(({ items }) => items.map(doneReport)));
    },
  };
  return agent;
}

/** What a proof is made of; tests bend single parts of it. */
export interface ProofParts {
  readonly connection: Connection;
  readonly clusterId: string;
  readonly key: OnboardingKey;
  readonly csr: Buffer;
  readonly issuedAt?: number;
  readonly jti?: string;
}

/** The JWT by which a cluster proves that it holds the onboarding key. */
export function onboardingProof({ connection, clusterId, key, csr, issuedAt, jti }: ProofParts): Promise<string> {
  const now = issuedAt ?? Math.floor(Date.now() / 1000);
  const subject = clusterId.toLowerCase();
  return new SignJWT({ csr: createHash("sha256").update(csr).digest("base64url") })
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(subject)
    .setSubject(subject)
    .setAudience(connection.endpoint)
    .setJti(jti ?? randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + 300)
    .sign(key.privateKey);
}

/** A request for a managed-identity certificate, and the key it is for. */
export async function certificateRequest(): Promise<{ keys: webcrypto.CryptoKeyPair; csr: Buffer }> {
  const algorithm = {
    name: "RSA-PSS",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: "CN=simulated",
      keys: await forSigningRequests(keys),
      signingAlgorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
    },
    webcrypto,
  );
  return { keys, csr: Buffer.from(request.rawData) };
}

/** The same key under the algorithm name that certificate requests are signed with. */
async function forSigningRequests(keys: webcrypto.CryptoKeyPair): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const [pkcs8, spki] = await Promise.all([
    webcrypto.subtle.exportKey("pkcs8", keys.privateKey),
    webcrypto.subtle.exportKey("spki", keys.publicKey),
  ]);
  return {
    privateKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]),
    publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
}

const TokenBody = z.object({ access_token: z.string() });

async function clusterToken(
  connection: Connection,
  { certificateChain, clientId, tokenEndpoint }: CertificateAnswer,
  privateKey: webcrypto.CryptoKey,
): Promise<string> {
  const [leaf] = x509.PemConverter.decode(certificateChain);
  if (leaf === undefined) throw new Error("the certificate answer holds no certificate");
  const assertion = await new SignJWT({})
    .setProtectedHeader({
      alg: "PS256",
      "x5t#S256": createHash("sha256").update(Buffer.from(leaf)).digest("base64url"),
    })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(tokenEndpoint)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime("10m")
    .sign(privateKey);
  const answer = await httpCall(tokenEndpoint, connection.caFile, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_assertion: assertion,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      scope: `${connection.endpoint}/.default`,
    }).toString(),
  });
  if (answer.status !== 200) throw new Error(`token request of the cluster answered ${answer.status}: ${answer.text}`);
  return TokenBody.parse(answer.json).access_token;
}

/** What agents say when a desired item is as wanted. */
export function doneReport(item: DesiredItem): Report {
  const base = {
    name: item.name,
    generation: item.generation,
    state: item.deleting ? ("Deleted" as const) : ("Succeeded" as const),
    observedAt: new Date().toISOString(),
  };
  return item.kind === "extension"
    ? { kind: "extension", ...base, currentVersion: item.spec.version }
    : { kind: "fluxConfiguration", ...base, complianceState: "Compliant" };
}
