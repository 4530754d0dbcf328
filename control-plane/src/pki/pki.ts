import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { writeAtomically } from "../secrets/private-file.ts";
import { type CertificateAuthority, openCertificateAuthority } from "./certificate-authority.ts";
import { openServerCertificate, type ServerCertificate } from "./server-certificate.ts";

const CHECK_INTERVAL_MS = 60 * 60 * 1000;

export interface PkiSettings {
  readonly dataDir: string;
  /** Every host name and address that clients may type, besides localhost. */
  readonly serverNames: readonly string[];
}

export interface Pki {
  /** The CA of the server's own certificate as a file: what clients put into `NODE_EXTRA_CA_CERTS` and the like. */
  readonly caFile: string;
  readonly caPem: string;
  /** Signs the clusters' managed-identity certificates. A CA of its own: it must never vouch for a server. */
  readonly identities: CertificateAuthority;
  serverCertificate(): Promise<ServerCertificate>;
  /** Looks every hour whether the server's certificate needs renewal and hands over the new one. Returns the stop function. */
  watchServerCertificate(
    onRenewed: (certificate: ServerCertificate) => void,
    onError: (error: unknown) => void,
  ): () => void;
}

const builtInNames = ["localhost", "127.0.0.1", "::1"];

/** Opens the two private CAs below `dataDir/pki`; the first start makes them. */
export async function openPki(settings: PkiSettings, clock: Clock): Promise<Pki> {
  const file = (name: string): string => join(settings.dataDir, "pki", name);
  const servers = await openCertificateAuthority(file("server-ca.pem"), "arcfleet server CA", clock);
  const identities = await openCertificateAuthority(file("identity-ca.pem"), "arcfleet identity CA", clock);
  const caFile = join(settings.dataDir, "ca.pem");
  await writeAtomically(caFile, servers.certificatePem, { mode: 0o644 });

  const names = [...new Set([...builtInNames, ...settings.serverNames])];
  let opening: Promise<ServerCertificate> | undefined;
  // Shared by callers that come at once: each would make a certificate of its own, and only the last would stay in the file.
  const serverCertificate = (): Promise<ServerCertificate> => {
    opening ??= openServerCertificate(file("server.pem"), servers, names, clock.now()).finally(() => {
      opening = undefined;
    });
    return opening;
  };
  return {
    caFile,
    caPem: servers.certificatePem,
    identities,
    serverCertificate,
    watchServerCertificate(onRenewed, onError) {
      let inUse: string | undefined;
      const look = async (): Promise<void> => {
        const certificate = await serverCertificate();
        if (inUse !== undefined && inUse !== certificate.certificatePem) onRenewed(certificate);
        inUse = certificate.certificatePem;
      };
      const timer = setInterval(() => void look().catch(onError), CHECK_INTERVAL_MS);
      timer.unref();
      void look().catch(onError);
      return () => clearInterval(timer);
    },
  };
}
