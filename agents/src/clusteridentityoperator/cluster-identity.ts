/** What the two agents of this program share: the certificate in use, and the news that it came or fell. */
import { EventEmitter } from "node:events";
import type { IdentityCertificate } from "./identity-certificate.ts";

export interface ClusterIdentityState {
  current(): IdentityCertificate | undefined;
  /** Takes a certificate into use and tells whoever waits for tokens. */
  use(certificate: IdentityCertificate): void;
  /** The control plane does not know this certificate (any more): it is not used again. */
  reject(certificate: IdentityCertificate): void;
  isRejected(certificate: IdentityCertificate): boolean;
  /** Calls at each `use` of another certificate; the answer ends that. */
  onUse(listener: () => void): () => void;
  onReject(listener: () => void): () => void;
}

export function createIdentityState(): ClusterIdentityState {
  const events = new EventEmitter();
  let current: IdentityCertificate | undefined;
  let rejectedChain: string | undefined;

  const on = (event: "use" | "reject") => (listener: () => void) => {
    events.on(event, listener);
    return () => void events.off(event, listener);
  };
  return {
    current: () => current,
    use(certificate) {
      const isNew = current?.certificateChain !== certificate.certificateChain;
      current = certificate;
      if (isNew) events.emit("use");
    },
    reject(certificate) {
      if (current?.certificateChain !== certificate.certificateChain) return;
      rejectedChain = certificate.certificateChain;
      current = undefined;
      events.emit("reject");
    },
    isRejected: ({ certificateChain }) => certificateChain === rejectedChain,
    onUse: on("use"),
    onReject: on("reject"),
  };
}
