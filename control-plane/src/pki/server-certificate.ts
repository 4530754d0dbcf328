import { webcrypto } from "node:crypto";
import { readIfPresent, writeAtomically } from "../secrets/private-file.ts";
import { type CertificateAuthority, ecdsaP256 } from "./certificate-authority.ts";
import { type KeyedPem, readKeyedPem, writeKeyedPem } from "./keyed-pem.ts";
import { SubjectAlternativeNameExtension, X509Certificate } from "./x509.ts";

const LIFE_DAYS = 90;
const RENEW_BEFORE_END_MS = 30 * 24 * 60 * 60 * 1000;

export interface ServerCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

function fits(certificate: X509Certificate, names: readonly string[], now: Date): boolean {
  const known = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? [];
  const endsLate = certificate.notAfter.getTime() - now.getTime() > RENEW_BEFORE_END_MS;
  return endsLate && names.every((name) => known.includes(name));
}

/** The certificate for TLS: the one in `path` while it fits the names and lasts, otherwise a new one. */
export async function openServerCertificate(
  path: string,
  authority: CertificateAuthority,
  names: readonly string[],
  now: Date,
): Promise<ServerCertificate> {
  const toServer = ({ privateKeyPem, certificatePem }: KeyedPem): ServerCertificate => ({
    keyPem: privateKeyPem,
    certificatePem,
  });
  const present = await readIfPresent(path);
  if (present !== undefined) {
    const keyed = await readKeyedPem(present, path);
    const certificate = new X509Certificate(keyed.certificatePem);
    const signedByUs = await certificate.verify({
      publicKey: new X509Certificate(authority.certificatePem).publicKey,
      date: now,
    });
    if (signedByUs && fits(certificate, names, now)) return toServer(keyed);
  }
  const keys = await webcrypto.subtle.generateKey(ecdsaP256, true, ["sign", "verify"]);
  const certificate = await authority.issue({
    commonName: "arcfleet control plane",
    publicKey: keys.publicKey,
    lifeDays: LIFE_DAYS,
    serverNames: names,
  });
  const text = await writeKeyedPem(keys.privateKey, certificate.toString("pem"));
  await writeAtomically(path, text);
  return toServer(await readKeyedPem(text, path));
}
