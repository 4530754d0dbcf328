/**
 * Where the next page begins, as clients carry it. Sealed, because it holds values of rows, and tied to the caller and the query: with
 * another it does not open.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import type { Services } from "../services.ts";
import type { Position } from "./run/page.ts";

const StoredPosition = z.object({
  key: z.string(),
  order: z.array(z.json()).optional(),
  total: z.int(),
  shown: z.int(),
});

const contextOf = (caller: Caller, query: string): string =>
  `resource-graph:${caller.principalId}:${createHash("sha256").update(query).digest("base64url")}`;

export const sealPosition = ({ secrets }: Services, caller: Caller, query: string, position: Position): string =>
  Buffer.from(secrets.seal(JSON.stringify(position), contextOf(caller, query))).toString("base64url");

export function openPosition({ secrets }: Services, caller: Caller, query: string, token: string): Position {
  try {
    const sealed = Buffer.from(token, "base64url").toString("utf8");
    return StoredPosition.parse(JSON.parse(secrets.open(sealed, contextOf(caller, query))));
  } catch (cause) {
    throw new DomainError(
      "BadRequest",
      "$skipToken does not belong to this query. Send it with the query that it came from, or begin again without it.",
      { target: "options.$skipToken", cause },
    );
  }
}
