import { generateKeyPairSync, type KeyObject } from "node:crypto";

/** The RSA key pair that proves which cluster somebody is. */
export interface OnboardingKey {
  readonly privateKey: KeyObject;
  /** Base64 of the PKCS#1 DER form: `properties.agentPublicKeyCertificate`. */
  readonly publicKeyBase64: string;
}

/** A fresh key. 2048 bits instead of the provider's 4096: tests need many, and nothing depends on the length. */
export function onboardingKey(): OnboardingKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { privateKey, publicKeyBase64: publicKey.export({ type: "pkcs1", format: "der" }).toString("base64") };
}
