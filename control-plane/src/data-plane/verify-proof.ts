/**
 * Proof of the onboarding key: how a cluster that has nothing but that key gets its first certificate, and its next one however
 * long it was away.
 */
import { createHash, createPublicKey } from "node:crypto";
import { resourceKey } from "@arcfleet/contract";
import { decodeJwt, jwtVerify } from "jose";
import { z } from "zod";
import { DomainError } from "../errors.ts";
import type { ClusterTarget } from "./cluster-routes.ts";

const MAX_LIFE_SECONDS = 300;
const CLOCK_TOLERANCE_SECONDS = 300;

const ProofClaims = z.object({
  iss: z.string(),
  sub: z.string(),
  aud: z.string(),
  jti: z.string().min(8).max(128),
  iat: z.number(),
  exp: z.number(),
  /** base64url of the SHA-256 of the certificate request. */
  csr: z.string(),
});

export interface ProofCheck {
  readonly proof: string;
  /** The DER form of the certificate request. */
  readonly csr: Buffer;
  readonly cluster: ClusterTarget;
  /** The origins of this service. */
  readonly audiences: readonly string[];
  readonly now: Date;
  /** The `agentPublicKeyCertificate` of the cluster; nothing when there is no such cluster. */
  readonly publicKey: string | undefined;
}

export interface VerifiedProof {
  readonly jti: string;
  /** When the proof is of no use any more, clock differences included. */
  readonly forgetAt: Date;
}

const refuse = (message: string, cause?: unknown): DomainError =>
  new DomainError("InvalidProofOfPossession", message, { cause });

const withoutSlash = (url: string): string => url.replace(/\/+$/, "").toLowerCase();

function parseClaims(proof: string): z.infer<typeof ProofClaims> {
  try {
    return ProofClaims.parse(decodeJwt(proof));
  } catch (cause) {
    throw refuse("The proof is not a JWT with iss, sub, aud, jti, iat, exp and csr.", cause);
  }
}

function checkTimes({ iat, exp }: z.infer<typeof ProofClaims>, now: Date): void {
  if (exp - iat > MAX_LIFE_SECONDS) {
    throw refuse(`The proof is valid for ${exp - iat} seconds; at most ${MAX_LIFE_SECONDS} are accepted.`);
  }
  const seconds = now.getTime() / 1000;
  if (seconds >= iat - CLOCK_TOLERANCE_SECONDS && seconds <= exp + CLOCK_TOLERANCE_SECONDS) return;
  throw refuse(
    `The clocks differ too much: the proof was made at ${new Date(iat * 1000).toISOString()} by the cluster's clock, and here it is ${now.toISOString()}. Set the clock of the cluster's nodes (or of the control plane) right; the agent tries again by itself.`,
  );
}

/** @throws DomainError InvalidProofOfPossession, saying what to do. */
export async function verifyProof(check: ProofCheck): Promise<VerifiedProof> {
  const { proof, csr, cluster, audiences, now, publicKey } = check;
  const claims = parseClaims(proof);
  checkTimes(claims, now);
  if (resourceKey(claims.iss) !== cluster.key || resourceKey(claims.sub) !== cluster.key) {
    throw refuse(`The proof is about '${claims.sub}', but the request is about '${cluster.id}'.`);
  }
  if (!audiences.map(withoutSlash).includes(withoutSlash(claims.aud))) {
    throw refuse(`The proof was made for '${claims.aud}'; this control plane is '${audiences[0]}'.`);
  }
  if (claims.csr !== createHash("sha256").update(csr).digest("base64url")) {
    throw refuse("The proof was made for another certificate request than the one that came with it.");
  }
  try {
    if (!publicKey) throw new Error("no such cluster, or a record without agents");
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "pkcs1" });
    // The times were looked at above, with both clocks in the message.
    await jwtVerify(proof, key, { algorithms: ["RS256"], currentDate: new Date(claims.iat * 1000) });
  } catch (cause) {
    // The same words for a cluster that does not exist: this call needs no token, so it must not tell.
    throw refuse(
      `No connected cluster '${cluster.id}' has the onboarding key that signed this proof. Either the resource was deleted, or it was created again with another key pair: attach the cluster again, so that the key in its secret and the key of the resource are one pair.`,
      cause,
    );
  }
  return { jti: claims.jti, forgetAt: new Date((claims.exp + CLOCK_TOLERANCE_SECONDS) * 1000) };
}
