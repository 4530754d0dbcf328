import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";

const generate = promisify(generateKeyPair);

/** An Ed25519 key pair: the private half as PKCS#8 PEM, which Flux reads, the public half as `authorized_keys` has it. */
export async function makeSshKeyPair(comment: string): Promise<{ privateKey: string; publicKey: string }> {
  const { privateKey, publicKey } = await generate("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "der" },
  });
  // The DER form ends with the 32 bytes of the key itself.
  const blob = Buffer.concat([sshString(Buffer.from("ssh-ed25519")), sshString(publicKey.subarray(-32))]);
  return { privateKey, publicKey: `ssh-ed25519 ${blob.toString("base64")} ${comment}` };
}

function sshString(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
