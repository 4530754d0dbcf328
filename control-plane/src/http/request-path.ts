import type { FastifyRequest } from "fastify";
import { DomainError } from "../errors.ts";

/** The path of the request, decoded. It is the id of what is asked for: read as a whole, not put together again from parameters. */
export function pathOf(request: FastifyRequest): string {
  const [path = ""] = (request.raw.url ?? "").split("?");
  const parts = path.split("/").map(decodeURIComponent);
  if (parts.some((part) => part.includes("/"))) {
    throw new DomainError("BadRequest", "A name in the path holds an encoded '/', which no name can have.");
  }
  return parts.join("/");
}
