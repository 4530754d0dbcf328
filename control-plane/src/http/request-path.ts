import type { FastifyRequest } from "fastify";
import { DomainError } from "../errors.ts";

/** The path of the request, decoded. It is the id of what is asked for: read as a whole, not put together again from parameters. */
export function pathOf(request: FastifyRequest): string {
  const [path = ""] = (request.raw.url ?? "").split("?");
  // As the router sees it: real clients double slashes.
  const parts = path
    .replaceAll(/\/{2,}/g, "/")
    .split("/")
    .map(decodeURIComponent);
  if (parts.some((part) => part.includes("/"))) {
    throw new DomainError("BadRequest", "A name in the path holds an encoded '/', which no name can have.");
  }
  return parts.join("/");
}

/**
 * Refuses what no address has and layers below read in different ways: a NUL, which one database stores and another refuses, and a
 * fragment, at which the router ends the path.
 */
export function refuseOddAddress(request: FastifyRequest): void {
  const url = request.raw.url ?? "";
  if (/%00/.test(url)) throw new DomainError("BadRequest", "The path or query holds a NUL character. Leave it out.");
  if (url.includes("#")) throw new DomainError("BadRequest", "The path holds a '#'. Write it as %23, or leave it out.");
}
