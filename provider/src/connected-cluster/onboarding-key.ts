import { createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { ClusterError } from "./kube-error.ts";

/** The pair that proves the cluster's identity. The private half goes into the cluster and nowhere else. */
export interface OnboardingKey {
  /** PEM, PKCS#1. */
  readonly privateKey: string;
  /** Base64 of the DER form of PKCS#1 RSAPublicKey: `agentPublicKeyCertificate`. */
  readonly publicKey: string;
}

const bits = 4096;

/** Makes a pair in a thread of its own: at this size it takes seconds. */
export async function makeOnboardingKey(): Promise<OnboardingKey> {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: bits });
  return {
    privateKey: pair.privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    publicKey: exportPublic(pair.publicKey),
  };
}

/** The pair of a private key that is on the cluster already. */
export function readOnboardingKey(privateKey: string): OnboardingKey {
  try {
    return { privateKey, publicKey: exportPublic(createPublicKey(privateKey)) };
  } catch {
    throw new ClusterError(
      "The Secret azure-arc-connect-privatekey in the namespace azure-arc holds no RSA key in PEM. Delete it and run the command again.",
    );
  }
}

const exportPublic = (key: KeyObject): string => key.export({ type: "pkcs1", format: "der" }).toString("base64");
