import { createPrivateKey, webcrypto } from "node:crypto";

const ecdsaP256 = { name: "ECDSA", namedCurve: "P-256" } as const;

export interface KeyedPem {
  readonly privateKeyPem: string;
  readonly certificatePem: string;
  readonly privateKey: webcrypto.CryptoKey;
}

const block = (text: string, label: string): string | undefined =>
  new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text)?.[0];

/** Key and certificate as one text, so that they are always written and replaced together. */
export async function writeKeyedPem(privateKey: webcrypto.CryptoKey, certificatePem: string): Promise<string> {
  const der = await webcrypto.subtle.exportKey("pkcs8", privateKey);
  const keyPem = createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" }).export({
    format: "pem",
    type: "pkcs8",
  });
  return `${keyPem.toString().trim()}\n${certificatePem.trim()}\n`;
}

/** @throws naming where the text comes from when it does not hold a P-256 key and a certificate. */
export async function readKeyedPem(text: string, where: string): Promise<KeyedPem> {
  const privateKeyPem = block(text, "PRIVATE KEY");
  const certificatePem = block(text, "CERTIFICATE");
  if (privateKeyPem === undefined || certificatePem === undefined) {
    throw new Error(`${where} must hold a PRIVATE KEY and a CERTIFICATE; restore it from a backup`);
  }
  const der = createPrivateKey(privateKeyPem).export({ format: "der", type: "pkcs8" });
  const privateKey = await webcrypto.subtle.importKey("pkcs8", der, ecdsaP256, false, ["sign"]);
  return { privateKeyPem, certificatePem: `${certificatePem}\n`, privateKey };
}
