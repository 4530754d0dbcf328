import { identityApiVersion, identityNamespace } from "@arcfleet/contract";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { z as zod } from "zod";
import { invalidContent } from "../../errors.ts";
import { nextLink, pageOf } from "../../http/paging.ts";
import { apiVersionOf, identify } from "../../http/request-context.ts";
import { paramOf } from "../../http/routes.ts";
import { checkSubscription } from "../../http/subscription.ts";
import type { Services } from "../../services.ts";
import type { Caller } from "../caller.ts";

export const directoryPath = `/subscriptions/:subscriptionId/providers/${identityNamespace}`;

export interface DirectoryCall {
  readonly caller: Caller;
  /** `/subscriptions/…/providers/Arcfleet.Identity`: what ids begin with. */
  readonly root: string;
}

/**
 * Reads token and api-version; then the caller must be allowed the action at the subscription. Whoever changes something must be allowed
 * to assign roles as well: a secret added to an Owner's application, or a person's password, is worth every role that they hold, and
 * roles such as Contributor are made so that they lead to no other.
 */
export async function beginDirectory(
  services: Services,
  request: FastifyRequest,
  type: string,
  action: string,
): Promise<DirectoryCall> {
  const caller = await identify(services, request);
  apiVersionOf(request, { type: `${identityNamespace}/${type}`, versions: [identityApiVersion] });
  const subscription = checkSubscription(services, paramOf(request, "subscriptionId"));
  await services.authorize(caller, `${identityNamespace}/${action}`, subscription);
  if (!action.endsWith("/read")) {
    await services.authorize(caller, "Microsoft.Authorization/roleAssignments/write", subscription);
  }
  return { caller, root: `${subscription}/providers/${identityNamespace}` };
}

export function parseBody<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  throw invalidContent(`The body does not have the right shape: ${zod.prettifyError(parsed.error)}`);
}

/** One page of things that are in the order of a key. `read` answers at most so many behind a key. */
export async function pageBy<Row>(
  { publicUrl }: Services,
  request: FastifyRequest,
  collection: string,
  read: (after: string, limit: number) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<{ readonly rows: readonly Row[]; readonly nextLink: string | null }> {
  const { pageSize, after } = pageOf(request);
  const prefix = `${collection}/`;
  const rows = await read(after?.startsWith(prefix) ? after.slice(prefix.length) : "", pageSize + 1);
  const last = rows.length > pageSize ? rows[pageSize - 1] : undefined;
  return {
    rows: rows.slice(0, pageSize),
    nextLink: last === undefined ? null : nextLink(publicUrl, request, `${prefix}${keyOf(last)}`),
  };
}
