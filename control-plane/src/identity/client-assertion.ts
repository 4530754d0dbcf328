import { X509Certificate } from "node:crypto";
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { ApplicationCredentialsTable } from "../db/identity-tables.ts";

const MAX_LIFE_SECONDS = 24 * 3600;
const CLOCK_TOLERANCE_SECONDS = 300;
const algorithms = ["PS256", "RS256", "ES256"];

/** How a header points at the certificate. Real clients pad thumbprints, or send a chain with line breaks instead. */
const Header = z.object({
  alg: z.enum(algorithms),
  "x5t#S256": z.string().max(128).optional(),
  x5t: z.string().max(128).optional(),
  x5c: z
    .union([z.string(), z.array(z.string())])
    .transform((value) => (typeof value === "string" ? [value] : value))
    .optional(),
});

/** Why an assertion was refused, in words for the person who reads the client's error. */
export class ClientAssertionError extends Error {
  override readonly name = "ClientAssertionError";
}

/** Any base64 of a thumbprint (URL-safe or not, padded or not) as hex, as thumbprints are stored. */
const thumbprintHex = (text: string): string => Buffer.from(text.replace(/[\s=]/g, ""), "base64url").toString("hex");

const nodeFingerprint = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();

/** The thumbprints under which a certificate is stored and found. */
export function thumbprintsOf(certificatePem: string): { readonly sha256: string; readonly sha1: string } {
  const certificate = new X509Certificate(certificatePem);
  return { sha256: nodeFingerprint(certificate.fingerprint256), sha1: nodeFingerprint(certificate.fingerprint) };
}

function leafThumbprint(x5c: readonly string[]): string | undefined {
  const [leaf] = x5c;
  if (leaf === undefined) return undefined;
  try {
    const certificate = new X509Certificate(Buffer.from(leaf.replace(/\s/g, ""), "base64"));
    return nodeFingerprint(certificate.fingerprint256);
  } catch (cause) {
    throw new ClientAssertionError("the x5c header holds no certificate", { cause });
  }
}

function parseHeader(assertion: string): z.infer<typeof Header> {
  try {
    return Header.parse(decodeProtectedHeader(assertion));
  } catch (cause) {
    throw new ClientAssertionError(`it is no JWT signed with one of ${algorithms.join(", ")}`, { cause });
  }
}

function findCertificate(
  header: z.infer<typeof Header>,
  certificates: readonly ApplicationCredentialsTable[],
): ApplicationCredentialsTable | undefined {
  const sha256 =
    header["x5t#S256"] === undefined ? leafThumbprint(header.x5c ?? []) : thumbprintHex(header["x5t#S256"]);
  if (sha256 !== undefined) return certificates.find(({ thumbprint }) => thumbprint === sha256);
  const sha1 = header.x5t === undefined ? undefined : thumbprintHex(header.x5t);
  return sha1 === undefined ? undefined : certificates.find(({ thumbprint_sha1 }) => thumbprint_sha1 === sha1);
}

function explain(error: unknown, now: Date, audiences: readonly string[]): string {
  if (
    error instanceof errors.JWTExpired ||
    (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf")
  ) {
    const { exp, nbf } = error.payload;
    const shown = [exp, nbf].map((time) => (time === undefined ? "-" : new Date(time * 1000).toISOString()));
    return `it is valid until ${shown[0]} and from ${shown[1]}, but here it is ${now.toISOString()}: check the client's clock`;
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === "aud"
      ? `its audience must be ${audiences[0]}`
      : `its claim '${error.claim}' is not acceptable`;
  }
  return "its signature does not fit the registered certificate";
}

export interface ClientAssertionCheck {
  readonly assertion: string;
  readonly clientId: string;
  readonly certificates: readonly ApplicationCredentialsTable[];
  /** Accepted `aud` values: the token endpoint under each of our names. */
  readonly audiences: readonly string[];
  readonly clock: Clock;
}

/**
 * Verifies an assertion with the *registered* certificate that its header points at; what the header itself carries is never
 * trusted.
 * @throws ClientAssertionError
 */
export async function verifyClientAssertion(check: ClientAssertionCheck): Promise<void> {
  const { assertion, clientId, certificates, audiences, clock } = check;
  const registered = findCertificate(parseHeader(assertion), certificates);
  if (registered === undefined) {
    throw new ClientAssertionError(
      "the certificate that it names is not registered for the application, or has expired",
    );
  }
  const now = clock.now();
  let payload: JWTPayload;
  try {
    ({ payload } = await jwtVerify(assertion, new X509Certificate(registered.value).publicKey, {
      algorithms,
      issuer: clientId,
      subject: clientId,
      audience: [...audiences],
      currentDate: now,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      requiredClaims: ["exp"],
    }));
  } catch (cause) {
    throw new ClientAssertionError(explain(cause, now, audiences), { cause });
  }
  if ((payload.exp ?? 0) - now.getTime() / 1000 > MAX_LIFE_SECONDS) {
    throw new ClientAssertionError("it is valid for more than a day; sign one that lives for some minutes");
  }
}
