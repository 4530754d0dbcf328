import { webcrypto } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { type CertificateAuthority, ecdsaP256 } from "./certificate-authority.ts";
import { readKeyedPem, writeKeyedPem } from "./keyed-pem.ts";
import { X509Certificate } from "./x509.ts";

const LIFE_DAYS = 90;
const RENEW_BEFORE_END_MS = 30 * 24 * 60 * 60 * 1000;

export interface ServerCertificate {
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface ServerCertificateOptions {
  readonly store: Pick<Store, "read" | "write">;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

const sealContext = (names: string): string => `server-certificate:${names}`;

async function read(
  { store, secrets, clock }: ServerCertificateOptions,
  authority: CertificateAuthority,
  names: string,
): Promise<ServerCertificate | undefined> {
  const row = await store.read
    .selectFrom("server_certificates")
    .selectAll()
    .where("names", "=", names)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const certificate = new X509Certificate(row.certificate);
  const now = clock.now();
  if (certificate.notAfter.getTime() - now.getTime() < RENEW_BEFORE_END_MS) return undefined;
  const { publicKey } = new X509Certificate(authority.certificatePem);
  if (!(await certificate.verify({ publicKey, date: now }))) return undefined;
  const { privateKeyPem, certificatePem } = await readKeyedPem(
    secrets.open(row.private_key, sealContext(names)),
    "The server's certificate in the database",
  );
  return { keyPem: privateKeyPem, certificatePem };
}

/**
 * The certificate for TLS under these names: the one in the database while it lasts and its CA signs, otherwise a new one. It is
 * kept by its names, so that replicas which answer to the same names share it, and others do not replace each other's.
 */
export async function openServerCertificate(
  options: ServerCertificateOptions,
  authority: CertificateAuthority,
  hosts: readonly string[],
): Promise<ServerCertificate> {
  const { store, secrets, clock } = options;
  const names = [...hosts].sort().join(",");
  const present = await read(options, authority, names);
  if (present !== undefined) return present;

  const keys = await webcrypto.subtle.generateKey(ecdsaP256, true, ["sign", "verify"]);
  const issued = await authority.issue({
    commonName: "arcfleet control plane",
    publicKey: keys.publicKey,
    lifeDays: LIFE_DAYS,
    serverNames: hosts,
  });
  const text = await writeKeyedPem(keys.privateKey, issued.toString("pem"));
  const row = {
    certificate: `${issued.toString("pem").trim()}\n`,
    private_key: secrets.seal(text, sealContext(names)),
    expires_at: issued.notAfter.toISOString(),
  };
  await store.write(async (tx) => {
    await tx.deleteFrom("server_certificates").where("expires_at", "<", clock.now().toISOString()).execute();
    await tx
      .insertInto("server_certificates")
      .values({ names, ...row })
      .onConflict((conflict) => conflict.column("names").doUpdateSet(row))
      .execute();
  });
  // Read back: of two replicas that made one at once, both use the one that stayed.
  const made = await read(options, authority, names);
  if (made === undefined)
    throw new Error("The server's certificate was saved and is not there: the database loses writes");
  return made;
}
