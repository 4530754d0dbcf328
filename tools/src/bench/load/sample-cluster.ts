import { randomBytes } from "node:crypto";

/** Bytes before and after the modulus in the DER form of a PKCS#1 public key of 4,096 bits with the usual exponent. */
const keyHead = Buffer.from("3082020a0282020100", "hex");
const keyTail = Buffer.from("0203010001", "hex");

/** A public key that nobody has the private part of: making a real one takes half a second. */
function publicKey(): string {
  const modulus = randomBytes(512);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[511] = (modulus[511] ?? 0) | 1;
  return Buffer.concat([keyHead, modulus, keyTail]).toString("base64");
}

/** The body of a PUT of a cluster as large as real ones are in answers: about 2.4 KB. */
export function sampleCluster(number: number): {
  location: string;
  tags: Record<string, string>;
  identity: { type: string };
  properties: Record<string, string>;
} {
  const tags = Array.from({ length: 20 }, (_, at) => [`label-${at}`, `${number % (at + 2)} ${"value ".repeat(8)}`]);
  return {
    location: "westeurope",
    identity: { type: "SystemAssigned" },
    tags: Object.fromEntries(tags),
    properties: { agentPublicKeyCertificate: publicKey(), distribution: "k3s", infrastructure: "generic" },
  };
}
