import type { FastifyReply, FastifyRequest } from "fastify";
import type { ResourceRow } from "../db/resources.ts";
import { DomainError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { ListPage } from "../operations/list.ts";
import type { Services } from "../services.ts";
import { queryOf } from "./request-context.ts";

const defaultPageSize = 100;
const maxPageSize = 1000;

/** `$top` and `$skipToken` of a list request. The token is the last key of the page before, and opaque to clients. */
export function pageOf(request: FastifyRequest): { pageSize: number; after?: string } {
  const top = queryOf(request, "$top");
  const token = queryOf(request, "$skipToken");
  const pageSize = top === undefined ? defaultPageSize : Number(top);
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    throw new DomainError("BadRequest", `$top must be a whole number from 1 to ${maxPageSize}; it is '${top}'.`);
  }
  const page = { pageSize: Math.min(pageSize, maxPageSize) };
  if (token === undefined) return page;
  const after = Buffer.from(token, "base64url").toString("utf8");
  if (!after.startsWith("/subscriptions/") || after.includes("\0")) {
    throw new DomainError(
      "BadRequest",
      "$skipToken is not one of this control plane's. Begin the list again without it.",
    );
  }
  return { ...page, after };
}

/** Sends a page; `nextLink` is absolute, with everything that the request asked for, to be followed verbatim. */
export function sendPage(
  services: Pick<Services, "publicUrl">,
  request: FastifyRequest,
  reply: FastifyReply,
  page: ListPage,
  present: (row: ResourceRow) => JsonObject,
): unknown {
  return reply.send({
    value: page.rows.map(present),
    nextLink: page.next === undefined ? null : nextLink(services.publicUrl, request, page.next),
  });
}

/** The absolute link to what follows `lastKey`. */
export function nextLink(publicUrl: string, request: FastifyRequest, lastKey: string): string {
  const url = new URL(`${publicUrl}${(request.raw.url ?? "/").replace(/^\/+/, "/")}`);
  for (const name of [...url.searchParams.keys()]) {
    if (name.toLowerCase() === "$skiptoken") url.searchParams.delete(name);
  }
  url.searchParams.set("$skipToken", Buffer.from(lastKey).toString("base64url"));
  return url.href;
}
