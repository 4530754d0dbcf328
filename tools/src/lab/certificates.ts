import "reflect-metadata";
import { randomBytes, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const VALID_DAYS = 365;

export interface CertificateAuthority {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly issue: (subject: Subject) => Promise<IssuedCertificate>;
}

export interface Subject {
  readonly commonName: string;
  readonly organization?: string;
  /** Makes it a server certificate for these names and addresses; without it is a client certificate. */
  readonly servesAs?: { readonly dns: readonly string[]; readonly ip: readonly string[] };
}

export interface IssuedCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
}

function toPem(label: string, der: ArrayBuffer): string {
  return x509.PemConverter.encode(der, label);
}

async function privateKeyPem(key: webcrypto.CryptoKey): Promise<string> {
  return toPem("PRIVATE KEY", await webcrypto.subtle.exportKey("pkcs8", key));
}

function validity() {
  const now = Date.now();
  // A minute back, for clocks of containers and virtual machines that run behind.
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + VALID_DAYS * 86_400_000) };
}

/** A private authority for one cluster. Elliptic keys: a cluster needs about ten, and they cost nothing to make. */
export async function createAuthority(commonName: string): Promise<CertificateAuthority> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const name = `CN=${commonName}`;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(12).toString("hex"),
    name,
    ...validity(),
    signingAlgorithm: EC,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificatePem: `${certificate.toString("pem")}\n`,
    keyPem: `${await privateKeyPem(keys.privateKey)}\n`,
    issue: (subject) => issue({ issuer: name, signingKey: keys.privateKey, issuerKey: keys.publicKey }, subject),
  };
}

interface Issuer {
  readonly issuer: string;
  readonly signingKey: webcrypto.CryptoKey;
  readonly issuerKey: webcrypto.CryptoKey;
}

async function issue({ issuer, signingKey, issuerKey }: Issuer, subject: Subject): Promise<IssuedCertificate> {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const alternativeNames = [
    ...(subject.servesAs?.dns ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(subject.servesAs?.ip ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const usage = subject.servesAs ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomBytes(12).toString("hex"),
    subject: subject.organization ? `O=${subject.organization}, CN=${subject.commonName}` : `CN=${subject.commonName}`,
    issuer,
    ...validity(),
    signingAlgorithm: EC,
    signingKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      await x509.AuthorityKeyIdentifierExtension.create(issuerKey),
      ...(alternativeNames.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternativeNames)] : []),
    ],
  });
  return { certificatePem: `${certificate.toString("pem")}\n`, keyPem: `${await privateKeyPem(keys.privateKey)}\n` };
}

/** The pair that signs service account tokens: RSA, because verifiers of such tokens expect RS256. */
export async function createTokenSigningKeys(): Promise<{ privatePem: string; publicPem: string }> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return {
    privatePem: `${await privateKeyPem(keys.privateKey)}\n`,
    publicPem: `${toPem("PUBLIC KEY", await webcrypto.subtle.exportKey("spki", keys.publicKey))}\n`,
  };
}
