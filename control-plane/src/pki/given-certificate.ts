import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ServerCertificate } from "./server-certificate.ts";

/** A server certificate from the operator's own CA, as files that something else renews. */
export interface GivenCertificateFiles {
  /** The certificate, followed by the intermediate ones. */
  readonly certFile: string;
  readonly keyFile: string;
  /** The CA that clients must trust; not needed when they do so anyway. */
  readonly caFile?: string | undefined;
}

const read = (path: string, what: string): Promise<string> =>
  readFile(path, "utf8").catch((cause: unknown) => {
    throw new Error(`The ${what} ${path} cannot be read`, { cause });
  });

/** Reads certificate and key. @throws when they do not belong together, as in the middle of a renewal: the caller keeps what it has. */
export async function readGivenCertificate({ certFile, keyFile }: GivenCertificateFiles): Promise<ServerCertificate> {
  const certificatePem = await read(certFile, "TLS certificate");
  const keyPem = await read(keyFile, "TLS key");
  let isPair: boolean;
  try {
    isPair = new X509Certificate(certificatePem).checkPrivateKey(createPrivateKey(keyPem));
  } catch {
    // Without the cause: it may quote the key.
    throw new Error(`The TLS certificate ${certFile} or the TLS key ${keyFile} is not PEM`);
  }
  if (!isPair) throw new Error(`The TLS key ${keyFile} does not belong to the certificate ${certFile}`);
  return { keyPem, certificatePem };
}

/** The CA of the given certificate as PEM; empty when clients trust it anyway. */
export const readGivenCa = async ({ caFile }: GivenCertificateFiles): Promise<string> =>
  caFile === undefined ? "" : `${(await read(caFile, "TLS CA")).trim()}\n`;
