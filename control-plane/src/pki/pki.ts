import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { writeAtomically } from "../secrets/private-file.ts";
import { type Authorities, type AuthoritiesOptions, openAuthorities } from "./authorities.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";
import { type GivenCertificateFiles, readGivenCa, readGivenCertificate } from "./given-certificate.ts";
import { openServerCertificate, type ServerCertificate } from "./server-certificate.ts";

/** How often authorities and the certificate of our own making are looked at. */
const CHECK_INTERVAL_MS = 60 * 60 * 1000;
/** How often a given certificate is: whoever renews it expects to see it used soon. */
const GIVEN_CHECK_INTERVAL_MS = 10_000;

export interface PkiOptions extends Omit<AuthoritiesOptions, "clock"> {
  /** Every host name and address that clients may type, besides localhost. */
  readonly serverNames: readonly string[];
  /** A certificate to use in place of one of our own making. */
  readonly given?: GivenCertificateFiles | undefined;
}

export interface Pki {
  /** What clients must trust as a file: what they put into `NODE_EXTRA_CA_CERTS` and the like. */
  readonly caFile: string;
  /** The same, one certificate or several. */
  readonly caPem: string;
  /** Signs the clusters' managed-identity certificates. A CA of its own: it must never vouch for a server. */
  readonly identities: Pick<CertificateAuthority, "certificatePem" | "issue">;
  serverCertificate(): Promise<ServerCertificate>;
  /** Looks regularly whether the server's certificate has a successor and hands it over. Returns the stop function. */
  watchServerCertificate(
    onRenewed: (certificate: ServerCertificate) => void,
    onError: (error: unknown) => void,
  ): () => void;
}

const builtInNames = ["localhost", "127.0.0.1", "::1"];

/** Opens the two private CAs in the database; the first start makes them. */
export async function openPki(options: PkiOptions, clock: Clock): Promise<Pki> {
  const { given } = options;
  const shared = { ...options, clock };
  const caFile = join(options.dataDir, "ca.pem");
  const names = [...new Set([...builtInNames, ...options.serverNames])];

  const open = async () => {
    const servers = await openAuthorities(shared, "server");
    const identities = await openAuthorities(shared, "identity");
    // Ours stays in it: clients that got it before go on trusting the same file, whatever the server shows.
    const caPem = `${given === undefined ? "" : await readGivenCa(given)}${servers.trustedPem}`;
    return { servers, identities, caPem };
  };
  let current: { servers: Authorities; identities: Authorities; caPem: string } = await open();
  await writeAtomically(caFile, current.caPem, { mode: 0o644 });

  const refresh = async (): Promise<void> => {
    const before = current.caPem;
    current = await open();
    if (current.caPem !== before) await writeAtomically(caFile, current.caPem, { mode: 0o644 });
  };
  let opening: Promise<ServerCertificate> | undefined;
  // Shared by callers that come at once: each would make a certificate of its own, and only the last would stay.
  const serverCertificate = (): Promise<ServerCertificate> => {
    opening ??= (
      given === undefined ? openServerCertificate(shared, current.servers.signing, names) : readGivenCertificate(given)
    ).finally(() => {
      opening = undefined;
    });
    return opening;
  };
  return {
    caFile,
    get caPem() {
      return current.caPem;
    },
    identities: {
      get certificatePem() {
        return current.identities.signing.certificatePem;
      },
      issue: (what) => current.identities.signing.issue(what),
    },
    serverCertificate,
    watchServerCertificate(onRenewed, onError) {
      let inUse: string | undefined;
      let lastRefresh = clock.now().getTime();
      const look = async (): Promise<void> => {
        const now = clock.now().getTime();
        if (now - lastRefresh >= CHECK_INTERVAL_MS) {
          await refresh();
          lastRefresh = now;
        }
        const certificate = await serverCertificate();
        if (inUse !== undefined && inUse !== certificate.certificatePem) onRenewed(certificate);
        inUse = certificate.certificatePem;
      };
      const intervalMs = given === undefined ? CHECK_INTERVAL_MS : GIVEN_CHECK_INTERVAL_MS;
      const timer = setInterval(() => void look().catch(onError), intervalMs);
      timer.unref();
      void look().catch(onError);
      return () => clearInterval(timer);
    },
  };
}
