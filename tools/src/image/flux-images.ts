import { ensureTools } from "../setup/ensure-tools.ts";
import { KUSTOMIZE_CONTROLLER_VERSION, SOURCE_CONTROLLER_VERSION } from "../setup/kubernetes-tools.ts";
import type { Log } from "../setup/tool.ts";
import { caCertificateEntries, userEntries } from "./base-entries.ts";
import { buildImage } from "./build-image.ts";
import { nameAndTag } from "./image-reference.ts";

// The names under which the Flux project publishes its images and the chart asks for them: a cluster that has ours loaded runs the chart as it
// is, one that has not pulls the original.
export const SOURCE_CONTROLLER_IMAGE = `fluxcd/source-controller:v${SOURCE_CONTROLLER_VERSION}`;
export const KUSTOMIZE_CONTROLLER_IMAGE = `fluxcd/kustomize-controller:v${KUSTOMIZE_CONTROLLER_VERSION}`;

// As in the original images.
const CONTROLLER_USER = 65534;

/** The archive of Flux's source-controller. */
export async function sourceControllerImage(log: Log): Promise<string> {
  return fluxImage("source-controller", SOURCE_CONTROLLER_IMAGE, log);
}

/** The archive of Flux's kustomize-controller. */
export async function kustomizeControllerImage(log: Log): Promise<string> {
  return fluxImage("kustomize-controller", KUSTOMIZE_CONTROLLER_IMAGE, log);
}

async function fluxImage(controller: "source-controller" | "kustomize-controller", reference: string, log: Log) {
  const paths = await ensureTools([controller], log);
  return buildImage(
    {
      ...nameAndTag(reference),
      entries: [
        ...userEntries("controller", CONTROLLER_USER),
        ...(await caCertificateEntries()),
        { kind: "copy", path: `/usr/local/bin/${controller}`, from: paths[controller] },
      ],
      user: CONTROLLER_USER,
      entrypoint: [`/usr/local/bin/${controller}`],
      // As in the original images: kustomize looks for settings of its own in the home folder.
      env: { GNUPGHOME: "/tmp", HOME: "/tmp" },
    },
    log,
  );
}
