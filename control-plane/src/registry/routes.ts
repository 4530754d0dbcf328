/**
 * The charts as a read-only OCI registry (distribution API), so that `helm pull oci://…` works in a cluster that can reach nothing
 * but its control plane. Anyone may pull: docs/decisions/0023-charts-are-pulled-anonymously.md.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { ChartArchive } from "../catalogue/pack-chart.ts";
import type { App } from "../http/app.ts";
import { manifestMediaType, type OciImage, toOciImage } from "./oci-image.ts";

const ErrorCodes = { NAME_UNKNOWN: 404, MANIFEST_UNKNOWN: 404, BLOB_UNKNOWN: 404, UNSUPPORTED: 405 } as const;

/**
 * `charts/{chart}`; one command-line client inserts a `v2` of its own before the chart's name. What follows says what of the chart
 * is asked for.
 */
const RegistryPath = /^(?:charts\/)?(?:v2\/)?(?<chart>[^/]+)\/(?<part>manifests|blobs|tags)\/(?<reference>[^/]+)$/i;

const WildcardParams = z.object({ "*": z.string() });

function refuse(reply: FastifyReply, code: keyof typeof ErrorCodes, message: string): FastifyReply {
  return reply.code(ErrorCodes[code]).send({ errors: [{ code, message }] });
}

function send(reply: FastifyReply, content: Buffer, mediaType: string, digest: string): FastifyReply {
  return reply
    .header("content-type", mediaType)
    .header("docker-content-digest", digest)
    .header("etag", `"${digest}"`)
    .send(content);
}

/** Images are made when first asked for; the catalogue does not change while the process runs. */
function createImages(catalogue: Catalogue): (chart: string) => readonly OciImage[] {
  const images = new WeakMap<ChartArchive, OciImage>();
  const imageOf = (chart: ChartArchive): OciImage => {
    const image = images.get(chart) ?? toOciImage(chart);
    images.set(chart, image);
    return image;
  };
  return (chart) => catalogue.versions(chart).map(imageOf);
}

/** Registers `/v2/`. HEAD comes with every GET. */
export function registerRegistryRoutes(app: App, { catalogue }: { readonly catalogue: Catalogue }): void {
  const imagesOf = createImages(catalogue);

  app.get("/v2", (_request, reply) => reply.header("docker-distribution-api-version", "registry/2.0").send({}));

  app.get("/v2/*", (request: FastifyRequest, reply) => {
    const path = RegistryPath.exec(WildcardParams.parse(request.params)["*"])?.groups;
    if (path === undefined) return refuse(reply, "NAME_UNKNOWN", "Charts are at charts/{name}");
    const { chart = "", part = "", reference = "" } = path;
    const images = imagesOf(chart.toLowerCase());
    if (images.length === 0) return refuse(reply, "NAME_UNKNOWN", `There is no chart '${chart}' here`);

    switch (part.toLowerCase()) {
      case "tags":
        return reply.send({ name: `charts/${chart}`, tags: images.map(({ tag }) => tag) });
      case "manifests": {
        const image = images.find(({ tag, manifestDigest }) => tag === reference || manifestDigest === reference);
        if (image !== undefined) return send(reply, image.manifest, manifestMediaType, image.manifestDigest);
        const tags = images.map(({ tag }) => tag).join(", ");
        return refuse(reply, "MANIFEST_UNKNOWN", `Chart '${chart}' has no version '${reference}', only ${tags}`);
      }
      default: {
        const blob = images.map(({ blobs }) => blobs.get(reference)).find((found) => found !== undefined);
        if (blob === undefined) return refuse(reply, "BLOB_UNKNOWN", `Chart '${chart}' has no blob '${reference}'`);
        return send(reply, blob.content, blob.mediaType, reference);
      }
    }
  });
}
