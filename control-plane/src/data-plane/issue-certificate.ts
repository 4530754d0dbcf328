import { randomUUID } from "node:crypto";
import type { CertificateAnswer, CertificateRequest } from "@arcfleet/contract";
import type { Tx } from "../db/store.ts";
import { DomainError } from "../errors.ts";
import { thumbprintsOf } from "../identity/client-assertion.ts";
import { readJsonColumn } from "../json.ts";
import { Pkcs10CertificateRequest, type X509Certificate } from "../pki/x509.ts";
import { onboardingKeyOf } from "../resources/onboarding-key.ts";
import type { Services } from "../services.ts";
import type { ClusterTarget } from "./cluster-routes.ts";
import { type VerifiedProof, verifyProof } from "./verify-proof.ts";

const LIFE_DAYS = 90;
/** Certificates that an identity may hold at once; the oldest go. More than one, because the answer to a request can get lost. */
const MAX_CERTIFICATES = 5;
const MIN_RSA_BITS = 2048;

const invalidRequest = (message: string, cause?: unknown): DomainError =>
  new DomainError("InvalidRequestContent", message, { target: "csr", cause });

/** Reads the certificate request and checks that its sender holds the key. */
async function parseRequest(der: Buffer): Promise<Pkcs10CertificateRequest> {
  let request: Pkcs10CertificateRequest;
  try {
    request = new Pkcs10CertificateRequest(new Uint8Array(der));
    if (!(await request.verify())) throw new Error("its signature is wrong");
  } catch (cause) {
    throw invalidRequest("'csr' is not a signed PKCS#10 request in base64 of its DER form.", cause);
  }
  const algorithm: { name: string; modulusLength?: number; namedCurve?: string } = request.publicKey.algorithm;
  const { name, modulusLength = 0, namedCurve } = algorithm;
  if (namedCurve === "P-256" || (name.startsWith("RSA") && modulusLength >= MIN_RSA_BITS)) return request;
  throw invalidRequest(`The key of 'csr' must be RSA of at least ${MIN_RSA_BITS} bits or P-256.`);
}

async function rememberProof(tx: Tx, { jti, forgetAt }: VerifiedProof, now: string): Promise<void> {
  await tx.deleteFrom("used_proofs").where("expires_at", "<", now).execute();
  const inserted = await tx
    .insertInto("used_proofs")
    .values({ jti, expires_at: forgetAt.toISOString() })
    .onConflict((conflict) => conflict.doNothing())
    .returning("jti")
    .executeTakeFirst();
  if (inserted === undefined) {
    throw new DomainError("InvalidProofOfPossession", "This proof was used before; make a new one for each request.");
  }
}

async function saveCertificate(tx: Tx, appId: string, certificate: X509Certificate, now: string): Promise<void> {
  const pem = certificate.toString("pem");
  const { sha256, sha1 } = thumbprintsOf(pem);
  const kept = tx
    .selectFrom("application_credentials")
    .select("credential_id")
    .where("app_id", "=", appId)
    .where("kind", "=", "certificate")
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .limit(MAX_CERTIFICATES - 1);
  await tx
    .deleteFrom("application_credentials")
    .where("app_id", "=", appId)
    .where("kind", "=", "certificate")
    .where("credential_id", "not in", kept)
    .execute();
  await tx
    .insertInto("application_credentials")
    .values({
      credential_id: randomUUID(),
      app_id: appId,
      kind: "certificate",
      value: pem,
      thumbprint: sha256,
      thumbprint_sha1: sha1,
      created_at: now,
      expires_at: certificate.notAfter.toISOString(),
    })
    .execute();
}

/** Exchanges a proof of the onboarding key for the managed-identity certificate of the cluster. */
export async function issueCertificate(
  services: Services,
  cluster: ClusterTarget,
  body: CertificateRequest,
): Promise<CertificateAnswer> {
  const { store, clock, identity, pki, tenantId } = services;
  const der = Buffer.from(body.csr, "base64");
  const row = await store.read
    .selectFrom("resources")
    .select("properties")
    .where("key", "=", cluster.key)
    .executeTakeFirst();
  const proof = await verifyProof({
    proof: body.proof,
    csr: der,
    cluster,
    audiences: identity.origins,
    now: clock.now(),
    publicKey: row && onboardingKeyOf(readJsonColumn(row.properties)),
  });
  const request = await parseRequest(der);
  const application = await identity.applications.findByResource(cluster.id);
  if (application === undefined) throw new Error(`The cluster ${cluster.id} has no managed identity`);
  const certificate = await pki.identities.issue({
    commonName: application.principalId,
    publicKey: await request.publicKey.export(),
    lifeDays: LIFE_DAYS,
  });

  const now = clock.now();
  await store.write(async (tx) => {
    await rememberProof(tx, proof, now.toISOString());
    await saveCertificate(tx, application.appId, certificate, now.toISOString());
    await tx
      .updateTable("cluster_status")
      .set({ certificate_expires: certificate.notAfter.toISOString() })
      .where("cluster_key", "=", cluster.key)
      .execute();
  });
  return {
    certificateChain: `${certificate.toString("pem").trim()}\n${pki.identities.certificatePem}`,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    renewAfter: new Date((now.getTime() + certificate.notAfter.getTime()) / 2).toISOString(),
    clientId: application.appId,
    tenantId,
    tokenEndpoint: identity.tokenEndpoint,
  };
}
