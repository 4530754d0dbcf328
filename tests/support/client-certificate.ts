import { webcrypto } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A certificate with its key in one file, as AZURE_CLIENT_CERTIFICATE_PATH names one. Answers its path. */
export async function clientCertificate(folder: string): Promise<string> {
  // The library needs it, and must find it first.
  await import("reflect-metadata");
  const { X509CertificateGenerator } = await import("@peculiar/x509");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", publicExponent: new Uint8Array([1, 0, 1]) };
  const keys = await webcrypto.subtle.generateKey({ ...algorithm, modulusLength: 2048 }, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    { name: "CN=pipeline", keys, signingAlgorithm: algorithm },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const path = join(folder, "client.pem");
  const pem = `-----BEGIN PRIVATE KEY-----\n${key.replace(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`;
  await writeFile(path, `${pem}${certificate.toString("pem")}\n`);
  return path;
}
