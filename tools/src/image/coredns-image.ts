import { ensureTools } from "../setup/ensure-tools.ts";
import { COREDNS_VERSION } from "../setup/kubernetes-tools.ts";
import type { Log } from "../setup/tool.ts";
import { caCertificateEntries, userEntries } from "./base-entries.ts";
import { buildImage } from "./build-image.ts";
import { nameAndTag } from "./image-reference.ts";

export const COREDNS_IMAGE = `arcfleet.local/coredns:v${COREDNS_VERSION}`;

const NONROOT = 65532;

/**
 * The archive of the DNS server of a lab cluster. It runs as user 65532: to listen on port 53 the pod lets it
 * (`net.ipv4.ip_unprivileged_port_start`), or it listens on a higher port that the Service maps.
 */
export async function corednsImage(log: Log): Promise<string> {
  const { coredns } = await ensureTools(["coredns"], log);
  return buildImage(
    {
      ...nameAndTag(COREDNS_IMAGE),
      entries: [
        ...userEntries("nonroot", NONROOT),
        ...(await caCertificateEntries()),
        { kind: "copy", path: "/coredns", from: coredns },
      ],
      user: NONROOT,
      entrypoint: ["/coredns"],
    },
    log,
  );
}
