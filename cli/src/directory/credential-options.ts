import { readFile } from "node:fs/promises";
import type { NewPrincipalCredential } from "@arcfleet/contract";
import { z } from "zod";

/** How a credential is named on the command line. */
export const CredentialOptions = z.object({
  secret: z.boolean().default(false),
  expiresInDays: z.coerce.number().int().optional(),
  cert: z.string().min(1).optional(),
  federated: z.string().min(1).optional(),
  issuerCa: z.string().min(1).optional(),
  jwks: z.string().min(1).optional(),
  description: z.string().min(1).optional(),
});
export type CredentialOptions = z.infer<typeof CredentialOptions>;

/** The credential that was asked for, or nothing. */
export async function credentialOf(options: CredentialOptions): Promise<NewPrincipalCredential | undefined> {
  const { secret, cert, federated, description, expiresInDays } = options;
  if ([secret, cert, federated].filter(Boolean).length > 1) {
    throw new Error("Give one of --secret, --cert and --federated at a time.");
  }
  const shared = description === undefined ? {} : { description };
  if (secret) return { kind: "secret", ...shared, ...(expiresInDays === undefined ? {} : { expiresInDays }) };
  if (cert !== undefined)
    return { kind: "certificate", ...shared, certificate: certificateIn(await readFile(cert, "utf8"), cert) };
  return federated === undefined ? undefined : { ...shared, ...(await federatedOf(federated, options)) };
}

/** The first certificate of a file; its key, which often stands beside it, stays here. */
function certificateIn(text: string, file: string): string {
  const found = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text)?.[0];
  if (found === undefined) throw new Error(`${file} holds no certificate in PEM form.`);
  return `${found}\n`;
}

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

async function federatedOf(
  text: string,
  { issuerCa, jwks }: CredentialOptions,
): Promise<Extract<NewPrincipalCredential, { kind: "federated" }>> {
  const [issuer = "", subject = "", audience] = text.split(",").map((part) => part.trim());
  if (issuer === "" || subject === "") throw new Error("--federated takes issuer,subject or issuer,subject,audience.");
  return {
    kind: "federated",
    issuer,
    subject,
    ...(audience ? { audience } : {}),
    ...(issuerCa === undefined ? {} : { caPem: await readFile(issuerCa, "utf8") }),
    ...(jwks === undefined ? {} : { jwks: Jwks.parse(JSON.parse(await readFile(jwks, "utf8"))) }),
  };
}
