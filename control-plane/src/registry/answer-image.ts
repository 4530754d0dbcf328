import type { FastifyReply } from "fastify";
import { manifestMediaType, type OciImage } from "./oci-image.ts";

const ErrorCodes = {
  UNAUTHORIZED: 401,
  DENIED: 403,
  NAME_UNKNOWN: 404,
  MANIFEST_UNKNOWN: 404,
  BLOB_UNKNOWN: 404,
} as const;

/** What of a repository is asked for: `manifests`, `blobs` or `tags`, and which. */
export interface ImageQuery {
  /** The repository below the registry's host, `charts/podinfo`. */
  readonly repository: string;
  readonly part: string;
  readonly reference: string;
}

export function refuse(reply: FastifyReply, code: keyof typeof ErrorCodes, message: string): FastifyReply {
  return reply.code(ErrorCodes[code]).send({ errors: [{ code, message }] });
}

/** Answers from the images of one repository. */
export async function answerImage(
  reply: FastifyReply,
  { repository, part, reference }: ImageQuery,
  images: readonly OciImage[],
): Promise<FastifyReply> {
  if (images.length === 0) return refuse(reply, "NAME_UNKNOWN", `There is no chart '${repository}' here`);
  switch (part.toLowerCase()) {
    case "tags":
      return reply.send({ name: repository, tags: images.map(({ tag }) => tag) });
    case "manifests": {
      const image = images.find(({ tag, manifestDigest }) => tag === reference || manifestDigest === reference);
      if (image !== undefined) return send(reply, image.manifest, manifestMediaType, image.manifestDigest);
      const tags = images.map(({ tag }) => tag).join(", ");
      return refuse(reply, "MANIFEST_UNKNOWN", `Chart '${repository}' has no version '${reference}', only ${tags}`);
    }
    default: {
      const blob = images.map(({ blobs }) => blobs.get(reference)).find((found) => found !== undefined);
      if (blob === undefined) return refuse(reply, "BLOB_UNKNOWN", `Chart '${repository}' has no blob '${reference}'`);
      return send(reply, await blob.read(), blob.mediaType, reference);
    }
  }
}

function send(reply: FastifyReply, content: Buffer, mediaType: string, digest: string): FastifyReply {
  return reply
    .header("content-type", mediaType)
    .header("docker-content-digest", digest)
    .header("etag", `"${digest}"`)
    .send(content);
}
