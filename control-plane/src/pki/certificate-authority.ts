import { randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { Clock } from "../clock.ts";
import { readKeyedPem, writeKeyedPem } from "./keyed-pem.ts";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "./x509.ts";

export const ecdsaP256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

const DAY_MS = 24 * 60 * 60 * 1000;
const CA_LIFE_DAYS = 3650;
/** Clocks of clusters and laptops run behind; a certificate that begins "now" would be refused there. */
const CLOCK_TOLERANCE_MS = 5 * 60 * 1000;

/** What a certificate is for. */
export interface Issue {
  readonly commonName: string;
  readonly publicKey: webcrypto.CryptoKey;
  readonly lifeDays: number;
  /** DNS names and addresses; given for servers, absent for clients. */
  readonly serverNames?: readonly string[];
}

export interface CertificateAuthority {
  /** The CA's own certificate, PEM. */
  readonly certificatePem: string;
  readonly endsAt: Date;
  issue(what: Issue): Promise<X509Certificate>;
}

/** A serial number of 126 random bits: positive and without leading zeros, as strict readers of DER want integers. */
function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString("hex");
}

function validity(now: Date, lifeDays: number): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(now.getTime() - CLOCK_TOLERANCE_MS),
    notAfter: new Date(now.getTime() + lifeDays * DAY_MS),
  };
}

/**
 * Makes the CA's key and self-signed certificate. Constraints and key usage are critical and the key ids are there because
 * Python 3.13 verifies strictly and refuses a CA without them; Node and Go would accept less.
 */
export async function makeCa(commonName: string, now: Date): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(ecdsaP256, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: [{ CN: [commonName] }],
    ...validity(now, CA_LIFE_DAYS),
    signingAlgorithm: ecdsaP256,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return writeKeyedPem(keys.privateKey, certificate.toString("pem"));
}

async function extensionsOf(what: Issue, authority: X509Certificate): Promise<Extension[]> {
  const { publicKey, serverNames } = what;
  const names = (serverNames ?? []).map((name) =>
    isIP(name) === 0 ? ({ type: "dns", value: name } as const) : ({ type: "ip", value: name } as const),
  );
  const usage = serverNames === undefined ? ExtendedKeyUsage.clientAuth : ExtendedKeyUsage.serverAuth;
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([usage]),
    await SubjectKeyIdentifierExtension.create(publicKey),
    await AuthorityKeyIdentifierExtension.create(await authority.publicKey.export()),
    ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
  ];
}

/** A CA from its key and certificate in one text; `where` names the text in errors. */
export async function readCertificateAuthority(
  text: string,
  where: string,
  clock: Clock,
): Promise<CertificateAuthority> {
  const { certificatePem, privateKey } = await readKeyedPem(text, where);
  const authority = new X509Certificate(certificatePem);
  return {
    certificatePem,
    endsAt: authority.notAfter,
    async issue(what) {
      return X509CertificateGenerator.create({
        serialNumber: newSerialNumber(),
        subject: [{ CN: [what.commonName] }],
        issuer: authority.subject,
        ...validity(clock.now(), what.lifeDays),
        signingAlgorithm: ecdsaP256,
        publicKey: what.publicKey,
        signingKey: privateKey,
        extensions: await extensionsOf(what, authority),
      });
    },
  };
}
