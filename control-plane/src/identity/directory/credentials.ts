import { X509Certificate } from "node:crypto";
import type { NewPrincipalCredential, PrincipalCredential } from "@arcfleet/contract";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { ApplicationCredentialsTable } from "../../db/identity-tables.ts";
import { invalid } from "../../errors.ts";
import type { Services } from "../../services.ts";
import { hashSecret, newClientSecret } from "../client-secret.ts";
import { addCredential, type NewCredential } from "../credentials.ts";
import { FederatedCredential, parseFederatedCredential } from "../outside/federated-credential.ts";

type Row = Selectable<ApplicationCredentialsTable>;

const dayMs = 24 * 60 * 60 * 1000;
const defaultLifeDays = 365;
/** Every wrong secret is compared with all of them. */
const maxCredentials = 20;
const minRsaBits = 2048;

/** A credential as it is shown: no hash, no secret. */
export function presentCredential(row: Row): PrincipalCredential {
  const federated = row.kind === "federated" ? parseFederatedCredential(row.value) : undefined;
  return {
    id: row.credential_id,
    kind: row.kind,
    description: row.description,
    createdTime: row.created_at,
    expiresTime: row.expires_at,
    ...(row.thumbprint === null ? {} : { thumbprint: row.thumbprint }),
    ...(federated && { issuer: federated.issuer, subject: federated.subject, audience: federated.audience }),
  };
}

/** Adds a way to prove itself to an application. */
export async function addPrincipalCredential(
  { store, clock }: Services,
  appId: string,
  wanted: NewPrincipalCredential,
): Promise<{ readonly row: Row; readonly secret?: string }> {
  const secret = wanted.kind === "secret" ? newClientSecret() : undefined;
  const description = wanted.description ?? undefined;
  const credential: NewCredential = { appId, description, ...(await storedForm(wanted, secret, clock.now())) };
  const row = await store.write(async (tx) => {
    const present = await tx
      .selectFrom("application_credentials")
      .select("credential_id")
      .where("app_id", "=", appId)
      .execute();
    if (present.length >= maxCredentials) {
      throw invalid(`The application has ${present.length} credentials, which is the most. Remove one first.`);
    }
    return addCredential(tx, credential, clock);
  });
  return { row, ...(secret === undefined ? {} : { secret }) };
}

async function storedForm(
  wanted: NewPrincipalCredential,
  secret: string | undefined,
  now: Date,
): Promise<Pick<NewCredential, "kind" | "value" | "expiresAt">> {
  if (wanted.kind === "certificate") return certificateValue(wanted.certificate, now);
  if (wanted.kind === "federated") return { kind: "federated", value: federatedValue(wanted) };
  const expiresAt = new Date(now.getTime() + (wanted.expiresInDays ?? defaultLifeDays) * dayMs).toISOString();
  return { kind: "secret", value: await hashSecret(secret ?? ""), expiresAt };
}

function certificateValue(pem: string, now: Date): Pick<NewCredential, "kind" | "value" | "expiresAt"> {
  if (pem.includes("PRIVATE KEY"))
    throw invalid("The text holds a private key. Send the certificate alone.", "certificate");
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw invalid("The text is no certificate in PEM form.", "certificate");
  }
  const { publicKey, validToDate } = certificate;
  const { modulusLength, namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  const isStrong =
    (publicKey.asymmetricKeyType === "rsa" && (modulusLength ?? 0) >= minRsaBits) ||
    (publicKey.asymmetricKeyType === "ec" && namedCurve === "prime256v1");
  if (!isStrong) throw invalid(`The key must be RSA with at least ${minRsaBits} bits, or EC P-256.`, "certificate");
  if (validToDate <= now) throw invalid(`The certificate ended at ${validToDate.toISOString()}.`, "certificate");
  return { kind: "certificate", value: certificate.toString(), expiresAt: validToDate.toISOString() };
}

function federatedValue({
  issuer,
  subject,
  audience,
  caPem,
  jwks,
}: NewPrincipalCredential & { kind: "federated" }): string {
  const parsed = FederatedCredential.safeParse({
    issuer,
    subject,
    ...(audience ? { audience } : {}),
    ...(caPem ? { caPem } : {}),
    ...(jwks ? { jwks } : {}),
  });
  if (parsed.success) return JSON.stringify(parsed.data);
  throw invalid(`The federated credential is not valid: ${z.prettifyError(parsed.error)}`);
}
