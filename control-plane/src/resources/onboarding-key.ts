import { createHash, createPublicKey } from "node:crypto";
import { DomainError, invalid } from "../errors.ts";
import type { JsonObject } from "../json.ts";

/** The onboarding key of a cluster as the client wrote it; empty for a record without agents. */
export function onboardingKeyOf(properties: JsonObject): string {
  const { agentPublicKeyCertificate } = properties;
  return typeof agentPublicKeyCertificate === "string" ? agentPublicKeyCertificate : "";
}

/** Refuses what is not an RSA public key of a length that protects. Reading it costs more than the rest of a write: once is enough. */
export function checkOnboardingKey(text: string): void {
  if (text === "") return;
  let modulusLength: number | undefined;
  try {
    const key = Buffer.from(text, "base64");
    modulusLength = createPublicKey({ key, format: "der", type: "pkcs1" }).asymmetricKeyDetails?.modulusLength;
  } catch (cause) {
    throw new DomainError(
      "ValidationFailed",
      "'agentPublicKeyCertificate' is not an RSA public key: it must be the base64 text of the DER form of a PKCS#1 RSAPublicKey, or empty for a record without agents.",
      { target: "properties.agentPublicKeyCertificate", cause },
    );
  }
  if (modulusLength === undefined || modulusLength < 2048) {
    throw invalid(
      `'agentPublicKeyCertificate' holds an RSA key of ${modulusLength} bits; at least 2048 are needed, 4096 are usual.`,
      "properties.agentPublicKeyCertificate",
    );
  }
}

/** The hash of a key that was checked. The same key in another spelling (line breaks, padding) has the same one. */
export const hashOfKey = (text: string): string | null =>
  text === "" ? null : createHash("sha256").update(Buffer.from(text, "base64")).digest("base64url");
